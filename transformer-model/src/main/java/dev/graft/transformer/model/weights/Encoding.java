package dev.graft.transformer.model.weights;

import dev.graft.autograd.memory.ValueGroups;
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

    /** How values are quantised in groups; null where they are something else. */
    default ValueGroups groups() {
        return null;
    }

    /**
     * Gives whole groups as they are: a value is number * scale + offset.
     *
     * @param from the first value, at the start of a group
     * @param length values, a whole number of groups, in one row
     * @param to where the first number goes
     * @param scales gets one a group, from to / group size on
     * @param offsets likewise, where groups have such
     */
    default void split(
            ByteBuffer bytes, long from, int length, byte[] numbers, int to, float[] scales, float[] offsets) {
        throw new IllegalStateException("these values have no groups");
    }
}
