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
}
