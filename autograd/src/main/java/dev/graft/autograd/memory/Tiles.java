package dev.graft.autograd.memory;

import java.nio.FloatBuffer;

/** Moves floats between tensors and heap arrays a row at a time, so that plain Java loops over arrays vectorise. */
public final class Tiles {
    private static final int TILE = 4096;

    private Tiles() {}

    /** What is done with each run of neighbouring elements. */
    @FunctionalInterface
    public interface Run {
        /**
         * Handles one run.
         *
         * @param index of its first element in row-major order
         * @param at its index in the tensor's buffer
         * @param length number of elements
         */
        void accept(long index, int at, int length);
    }

    /** Visits a tensor as runs of at most 4096 neighbouring elements, in row-major order; never on a view whose last stride is not 1. */
    public static void forEach(Tensor tensor, Run run) {
        long length = tensor.length();
        if (length == 0) {
            return;
        }
        if (tensor.isDense()) {
            runs(0, tensor.offset(), length, run);
            return;
        }
        if (tensor.stride(-1) != 1) {
            throw new IllegalArgumentException("the last dimension of " + Shapes.text(tensor.shape()) + " has gaps");
        }
        long[] shape = tensor.shape();
        long[] strides = tensor.strides();
        long width = shape[shape.length - 1];
        long[] index = new long[shape.length - 1];
        for (long done = 0; done < length; done += width) {
            long at = tensor.offset();
            for (int d = 0; d < index.length; d++) {
                at += index[d] * strides[d];
            }
            runs(done, at, width, run);
            for (int d = index.length - 1; d >= 0 && ++index[d] == shape[d]; d--) {
                index[d] = 0;
            }
        }
    }

    private static void runs(long first, long at, long length, Run run) {
        for (long done = 0; done < length; done += TILE) {
            run.accept(first + done, Math.toIntExact(at + done), (int) Math.min(TILE, length - done));
        }
    }

    /** Longest run that {@link #forEach} hands out. */
    public static int tile() {
        return TILE;
    }

    /** Sets every element. */
    public static void fill(Tensor tensor, float value) {
        float[] tile = new float[TILE];
        java.util.Arrays.fill(tile, value);
        FloatBuffer buffer = tensor.buffer();
        forEach(tensor, (index, at, length) -> buffer.put(at, tile, 0, length));
    }

    /** Copies all elements, in row-major order, into the array. */
    public static void read(Tensor tensor, float[] into) {
        FloatBuffer buffer = tensor.buffer();
        if (tensor.rank() > 1 && tensor.stride(-1) != 1 && !tensor.isDense()) {
            readStrided(tensor, into);
            return;
        }
        forEach(tensor, (index, at, length) -> buffer.get(at, into, (int) index, length));
    }

    private static void readStrided(Tensor tensor, float[] into) {
        long[] shape = tensor.shape();
        long[] strides = tensor.strides();
        long[] index = new long[shape.length];
        for (int i = 0; i < into.length; i++) {
            long at = tensor.offset();
            for (int d = 0; d < shape.length; d++) {
                at += index[d] * strides[d];
            }
            into[i] = tensor.buffer().get((int) at);
            for (int d = shape.length - 1; d >= 0 && ++index[d] == shape[d]; d--) {
                index[d] = 0;
            }
        }
    }

    /** Writes all elements, in row-major order, from the array. */
    public static void write(float[] from, Tensor tensor) {
        FloatBuffer buffer = tensor.buffer();
        forEach(tensor, (index, at, length) -> buffer.put(at, from, (int) index, length));
    }
}
