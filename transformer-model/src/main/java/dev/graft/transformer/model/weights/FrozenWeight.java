package dev.graft.transformer.model.weights;

import dev.graft.autograd.memory.Tensor;
import dev.graft.peft.spi.FrozenTensor;

/** A weight of the base. The tensor is visible in this module only; outside it is a {@link FrozenTensor}. */
public final class FrozenWeight implements FrozenTensor {
    private final String name;
    private final Tensor tensor;

    /** Names a tensor of frozen memory. */
    public FrozenWeight(String name, Tensor tensor) {
        if (!tensor.isReadOnly()) {
            throw new IllegalArgumentException("weight " + name + " lies in memory that can be written");
        }
        this.name = name;
        this.tensor = tensor;
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

    @Override
    public float[] copy() {
        return tensor.toArray();
    }

    @Override
    public String toString() {
        return name;
    }
}
