package dev.graft.runtime.vertx.training;

/**
 * The addresses of the training service. Those of jobs and events are a public contract (docs/cluster.md); the others are
 * between its own nodes.
 *
 * @param root in front of all of them
 */
record Addresses(String root) {
    /** The usual ones. */
    static final Addresses USUAL = new Addresses("graft.training.v1");

    /** Where the leader takes jobs and questions about them. */
    String jobs() {
        return root;
    }

    /** Where a job's progress is published. */
    String events(String job) {
        return root + ".events." + job;
    }

    /** Where workers say that they are there. */
    String hello() {
        return root + ".hello";
    }

    /** Where leaders say that they lead. */
    String lead() {
        return root + ".lead";
    }

    /** Where a worker takes work. */
    String worker(String name) {
        return root + ".worker." + name;
    }

    /** Where a leader gives values and takes results. */
    String leader(String name) {
        return root + ".leader." + name;
    }
}
