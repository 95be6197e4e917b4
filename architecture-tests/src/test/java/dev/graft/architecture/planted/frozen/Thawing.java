package dev.graft.architecture.planted.frozen;

import dev.graft.autograd.memory.Tensor;
import dev.graft.transformer.model.weights.Checkpoint;
import dev.graft.transformer.model.weights.FrozenWeight;
import java.io.IOException;
import java.util.function.ToLongFunction;

/** Takes the memory of a frozen weight, to write it. */
public final class Thawing {
    private Thawing() {}

    /** Returns the memory. */
    public static Tensor memory(FrozenWeight weight) {
        return weight.tensor();
    }

    /** Returns the memory of a checkpoint's tensor. */
    public static Tensor memory(Checkpoint checkpoint) throws IOException {
        return checkpoint.tensor("weight");
    }

    /** Returns the way to an address, as a method reference. */
    public static ToLongFunction<Tensor> address() {
        return Tensor::writable;
    }
}
