package dev.graft.runtime.vertx.http;

import java.util.Set;

/**
 * A key as it is stored: not the key itself.
 *
 * @param name whose it is, for logs and limits
 * @param sha256 of the key, in hexadecimal
 * @param scopes what it is for
 * @param adapters names that it may use; empty for all of them and the bare base
 */
public record ApiKey(String name, String sha256, Set<Scope> scopes, Set<String> adapters) {
    /** Copies the sets. */
    public ApiKey {
        scopes = Set.copyOf(scopes);
        adapters = Set.copyOf(adapters);
    }

    /** True if it may use an adapter, or the bare base where that is null. */
    boolean mayUse(String adapter) {
        return adapters.isEmpty() || adapter != null && adapters.contains(adapter.replaceFirst("@.*", ""));
    }
}
