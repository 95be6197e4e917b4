package dev.graft.runtime.vertx.transport;

/**
 * How calls are cut, repeated and given up. Both ends of a call should agree on the order of magnitude.
 *
 * @param chunkBytes most payload of a frame
 * @param window chunks that may be on their way, or received and not yet read
 * @param maxMessageBytes a longer message fails its call
 * @param tickMillis how often acknowledgements are sent and time limits looked at
 * @param repeatMillis a chunk that is not acknowledged for so long is sent again; doubled each time, up to 8 times
 * @param heartbeatMillis who waits for an answer asks this often whether the other is there
 * @param patienceMillis who is not heard of for so long is given up
 */
public record TransportOptions(
        int chunkBytes,
        int window,
        long maxMessageBytes,
        long tickMillis,
        long repeatMillis,
        long heartbeatMillis,
        long patienceMillis) {
    /** What nodes use. */
    public static final TransportOptions DEFAULT =
            new TransportOptions(128 << 10, 32, (1L << 30) - 1, 25, 250, 2000, 10_000);

    /** Checks the ranges. */
    public TransportOptions {
        check("chunkBytes", chunkBytes);
        check("window", window);
        check("maxMessageBytes", maxMessageBytes);
        check("tickMillis", tickMillis);
        check("repeatMillis", repeatMillis);
        check("heartbeatMillis", heartbeatMillis);
        check("patienceMillis", patienceMillis);
        if (window > Long.SIZE) {
            throw new IllegalArgumentException("window is " + window + "; allowed: 1 to " + Long.SIZE);
        }
        if (maxMessageBytes > Integer.MAX_VALUE / 2) {
            throw new IllegalArgumentException("maxMessageBytes is " + maxMessageBytes + "; allowed: up to 1 GiB - 1");
        }
    }

    private static void check(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " is " + value + "; allowed: 1 or more");
        }
    }

    /** The same with another patience. */
    public TransportOptions withPatience(long millis) {
        return new TransportOptions(
                chunkBytes, window, maxMessageBytes, tickMillis, repeatMillis, heartbeatMillis, millis);
    }

    /** The same with chunks of another size. */
    public TransportOptions withChunks(int bytes) {
        return new TransportOptions(
                bytes, window, maxMessageBytes, tickMillis, repeatMillis, heartbeatMillis, patienceMillis);
    }
}
