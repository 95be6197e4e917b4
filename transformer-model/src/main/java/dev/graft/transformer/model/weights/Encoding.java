package dev.graft.transformer.model.weights;

import java.nio.ByteBuffer;

/** How a tensor's values lie in its bytes. */
@FunctionalInterface
public interface Encoding {
    /**
     * Gives values as floats.
     *
     * @param bytes of the whole tensor, little-endian
     * @param from the first value, in row-major order
     * @param into gets them, from {@code at} on
     * @param length how many
     */
    void decode(ByteBuffer bytes, long from, float[] into, int at, int length);
}
