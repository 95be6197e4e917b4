package dev.graft.peft.spi;

/** A tensor of the base: it can be read and computed with, and there is no way to write it. */
public interface FrozenTensor {
    /** Name in the checkpoint. */
    String name();

    /** The shape; a copy. */
    long[] shape();

    /** A copy of the values in row-major order. */
    float[] copy();
}
