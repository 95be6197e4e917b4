package dev.graft.runtime.vertx.cluster;

import java.util.List;

/**
 * How a node joins a cluster. Nothing is searched for: a node asks the members that it is given, and the first one of
 * them begins the cluster.
 *
 * @param name cluster's name; nodes of another name do not join
 * @param host address of this node that others reach it at
 * @param port of membership; 0 for the first free one from 5701 on
 * @param busPort of the bus; 0 for any free one
 * @param members others to ask, as {@code host} or {@code host:port}; none to begin a cluster
 * @param tls certificates for the bus, or null for an open bus
 */
public record ClusterOptions(String name, String host, int port, int busPort, List<String> members, BusTls tls) {
    /** The ports that are tried where none is given. */
    public static final int FIRST_PORT = 5701;

    /** Checks that all is there. */
    public ClusterOptions {
        members = List.copyOf(members);
        if (name.isBlank() || host.isBlank()) {
            throw new IllegalArgumentException("a cluster needs a name and a node an address");
        }
    }

    /** A node on this machine alone, of the cluster {@code graft}. */
    public static ClusterOptions loopback(int port, List<String> members) {
        return new ClusterOptions("graft", "127.0.0.1", port, 0, members, null);
    }
}
