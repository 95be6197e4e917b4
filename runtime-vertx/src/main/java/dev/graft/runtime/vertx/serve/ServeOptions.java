package dev.graft.runtime.vertx.serve;

/**
 * How much is done at a time, and how much may wait.
 *
 * @param batchRows most rows of a pass over texts
 * @param windowMicros how long a batch waits for more rows, under load
 * @param queue most requests, and rows of requests, that wait; more are answered busy at once
 * @param texts most texts that are generated at a time
 * @param adapterBytes memory for adapters; those not used for longest leave it
 * @param olderVersions versions of an adapter that stay on the disk beside the newest one though nobody uses them
 * @param preparing threads that read requests, load adapters and make tokens
 */
public record ServeOptions(
        int batchRows, long windowMicros, int queue, int texts, long adapterBytes, int olderVersions, int preparing) {
    /** For a machine of any size. */
    public static final ServeOptions DEFAULT = new ServeOptions(32, 1000, 8192, 16, 1L << 30, 8, 2);

    /** Checks the ranges. */
    public ServeOptions {
        if (batchRows < 1
                || windowMicros < 0
                || queue < 1
                || texts < 1
                || adapterBytes < 1
                || olderVersions < 1
                || preparing < 1) {
            throw new IllegalArgumentException("a size is below 1, or windowMicros is below 0");
        }
    }

    /** The same with room for so many bytes of adapters. */
    public ServeOptions withAdapterBytes(long bytes) {
        return new ServeOptions(batchRows, windowMicros, queue, texts, bytes, olderVersions, preparing);
    }

    /** The same with room for so many waiting requests. */
    public ServeOptions withQueue(int most) {
        return new ServeOptions(batchRows, windowMicros, most, texts, adapterBytes, olderVersions, preparing);
    }

    /** The same with so many older versions of each adapter on the disk. */
    public ServeOptions withOlderVersions(int most) {
        return new ServeOptions(batchRows, windowMicros, queue, texts, adapterBytes, most, preparing);
    }
}
