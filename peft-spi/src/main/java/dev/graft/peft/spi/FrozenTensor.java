package dev.graft.peft.spi;

/**
 * A tensor of the base: it can be read and computed with ({@link Context#frozen}), and there is no way to write it. Any
 * thread may use it as long as the base is open; implemented by the framework only.
 */
public interface FrozenTensor {
    /** Name in the checkpoint; a part of a fused tensor has the whole's. */
    String name();

    /** The shape; a copy. */
    long[] shape();

    /** A copy of the values in row-major order, as numbers of 32 bits; large ones cost their size each time. */
    float[] copy();

    /** A copy of some rows of a matrix, such as the tokens' of a table of words. */
    default float[] rows(int... numbers) {
        int width = Math.toIntExact(shape()[1]);
        float[] all = copy();
        float[] rows = new float[numbers.length * width];
        for (int i = 0; i < numbers.length; i++) {
            System.arraycopy(all, numbers[i] * width, rows, i * width, width);
        }
        return rows;
    }
}
