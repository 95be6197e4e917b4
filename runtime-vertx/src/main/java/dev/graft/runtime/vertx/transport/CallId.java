package dev.graft.runtime.vertx.transport;

/** A call's number, unique in the cluster: the caller's random half, and a count. */
record CallId(long high, long low) {
    @Override
    public String toString() {
        return "%016x-%x".formatted(high, low);
    }
}
