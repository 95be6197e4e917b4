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

    /** How the values are quantised in groups; null where they are something else. */
    default ValueGroups groups() {
        return null;
    }

    /**
     * Gives whole groups as they are: a value is number * scale + offset.
     *
     * @param from the first value, at the start of a group
     * @param numbers gets so many as it holds, a whole number of groups; the caller answers for the bounds
     * @param scales gets one a group
     * @param offsets gets one a group where groups have such
     */
    default void split(long from, byte[] numbers, float[] scales, float[] offsets) {
        throw new IllegalStateException("these values have no groups");
    }

    /** Gives the memory back. */
    @Override
    void close();
}
