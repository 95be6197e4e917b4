package dev.graft.transformer.model.weights;

import dev.graft.autograd.memory.Tensor;
import dev.graft.peft.spi.FrozenTensor;

/** A weight of the base. The tensor is visible in this module only; outside it is a {@link FrozenTensor}. */
public final class FrozenWeight implements FrozenTensor {
    private final String name;
    private final Tensor tensor;
    private final boolean flipped;
    private final FrozenWeight whole;
    private final int first;

    /** Names a tensor of frozen memory. */
    public FrozenWeight(String name, Tensor tensor) {
        this(name, tensor, false, null, 0);
    }

    private FrozenWeight(String name, Tensor tensor, boolean flipped, FrozenWeight whole, int first) {
        if (!tensor.isReadOnly()) {
            throw new IllegalArgumentException("weight " + name + " lies in memory that can be written");
        }
        this.name = name;
        this.tensor = tensor;
        this.flipped = flipped;
        this.whole = whole == null ? this : whole;
        this.first = first;
    }

    /** The same memory with its two dimensions exchanged: [out, in] of a weight that lies as [in, out]. */
    public FrozenWeight transposed() {
        return new FrozenWeight(name, tensor.transposed(), !flipped, null, 0);
    }

    /** Some of the output features, on the same memory. */
    public FrozenWeight part(int from, int to) {
        return new FrozenWeight(name, tensor.narrow(0, from, to), flipped, this, from);
    }

    /** The weight that this is a part of, or this. */
    public FrozenWeight whole() {
        return whole;
    }

    /** The first of the whole's output features that is in this part. */
    public int first() {
        return first;
    }

    /** This weight as it lies in the checkpoint. */
    public FrozenWeight stored() {
        return flipped ? transposed() : this;
    }

    /** True if it lies the other way round in the checkpoint. */
    public boolean isTransposed() {
        return flipped;
    }

    /** The frozen memory. */
    public Tensor tensor() {
        return tensor;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long[] shape() {
        return tensor.shape();
    }

    /** A copy of one row of a table. */
    public float[] row(long number) {
        return tensor.rows(number, number + 1).toArray();
    }

    /** A copy of some rows of a matrix. */
    public float[] rows(long from, long to) {
        return tensor.rows(from, to).toArray();
    }

    @Override
    public float[] rows(int... numbers) {
        int width = Math.toIntExact(shape()[1]);
        float[] rows = new float[numbers.length * width];
        for (int i = 0; i < numbers.length; i++) {
            System.arraycopy(row(numbers[i]), 0, rows, i * width, width);
        }
        return rows;
    }

    /** Bytes that all values take in memory. */
    public long storedBytes() {
        return tensor.storedBytes();
    }

    @Override
    public float[] copy() {
        return tensor.toArray();
    }

    @Override
    public String toString() {
        return name;
    }
}
