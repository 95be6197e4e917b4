package dev.graft.runtime.vertx.http;

import java.util.Locale;

/** What an API key is for. */
public enum Scope {
    /** Inference and the list of models. */
    INFER,
    /** Adapters: publish, list, load, pin, unload. */
    ADAPTERS,
    /** Training jobs. */
    JOBS,
    /** Status and metrics. */
    STATUS;

    /** As it is written. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Reads {@link #label}.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static Scope of(String label) {
        for (Scope scope : values()) {
            if (scope.label().equals(label)) {
                return scope;
            }
        }
        throw new IllegalArgumentException("a key's scope is '" + label + "'; allowed: infer, adapters, jobs, status");
    }
}
