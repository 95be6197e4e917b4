package dev.graft.runtime.vertx.http;

import java.util.Set;

/** Names of this machine for itself. A page of a foreign name that points here is not let in by them. */
final class Local {
    private static final Set<String> NAMES = Set.of("localhost", "127.0.0.1", "::1", "[::1]", "0:0:0:0:0:0:0:1");

    private Local() {}

    static boolean isLoopback(String host) {
        return host != null && (NAMES.contains(host) || host.matches("127(\\.\\d{1,3}){3}"));
    }
}
