package dev.graft.autograd.memory;

import java.util.Arrays;
import java.util.stream.Collectors;

/** Arithmetic on shapes: sizes, dense strides and their text. */
public final class Shapes {
    private Shapes() {}

    /** Number of elements. */
    public static long size(long... shape) {
        long size = 1;
        for (long extent : shape) {
            if (extent < 0) {
                throw new IllegalArgumentException("a shape has a negative extent: " + text(shape));
            }
            size = Math.multiplyExact(size, extent);
        }
        return size;
    }

    /** Strides, in elements, of a dense array in row-major order. */
    public static long[] dense(long... shape) {
        long[] strides = new long[shape.length];
        long stride = 1;
        for (int i = shape.length - 1; i >= 0; i--) {
            strides[i] = stride;
            stride *= shape[i];
        }
        return strides;
    }

    /** The shape as a reader writes it: [32, 384]. */
    public static String text(long... shape) {
        return Arrays.stream(shape).mapToObj(Long::toString).collect(Collectors.joining(", ", "[", "]"));
    }
}
