package dev.graft.transformer.model.weights;

import java.util.Arrays;

/**
 * A tensor in a file of weights.
 *
 * @param type its name in the file's format
 * @param shape rows first
 * @param encoding how values lie in the bytes
 * @param quantised true if they stay in memory as they are in the file, unless something else is asked for
 */
public record WeightEntry(String type, long[] shape, Encoding encoding, boolean quantised) {
    /** Copies the shape. */
    public WeightEntry {
        shape = shape.clone();
    }

    @Override
    public long[] shape() {
        return shape.clone();
    }

    /** Number of values. */
    long length() {
        return Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof WeightEntry that
                && type.equals(that.type)
                && Arrays.equals(shape, that.shape)
                && encoding.equals(that.encoding)
                && quantised == that.quantised;
    }

    @Override
    public int hashCode() {
        return type.hashCode() * 31 + Arrays.hashCode(shape);
    }

    @Override
    public String toString() {
        return type + " " + Arrays.toString(shape);
    }
}
