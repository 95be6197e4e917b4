package dev.graft.autograd.memory;

import java.nio.ByteBuffer;

/**
 * Frozen values in fewer bits than floats, such as bf16 or quantised blocks. Any number of threads may read; nobody can
 * write.
 */
public interface CompactValues extends AutoCloseable {
    /** How many values there are. */
    long length();

    /** Bytes that they take. */
    long bytes();

    /**
     * Gives values as floats.
     *
     * @param from the first one
     * @param into gets them
     * @param at where the first one goes
     * @param length how many; the caller answers for the bounds
     */
    void decode(long from, float[] into, int at, int length);

    /** The values as bf16, little-endian and outside the heap; null where they are something else. */
    default ByteBuffer halves() {
        return null;
    }

    /** The values as bytes, each to be multiplied by its row's factor; null where they are something else. */
    default ByteBuffer signedBytes() {
        return null;
    }

    /** The factors of the rows where values are bytes, not to be changed; else null. */
    default float[] rowScales() {
        return null;
    }

    /** Gives the memory back. */
    @Override
    void close();
}
