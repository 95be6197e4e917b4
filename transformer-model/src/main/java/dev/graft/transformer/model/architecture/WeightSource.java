package dev.graft.transformer.model.architecture;

import dev.graft.transformer.model.weights.FrozenWeight;

/** Where a family gets its weights by name: a checkpoint, or random numbers for benchmarks. */
public interface WeightSource {
    /** True if there is a weight of this name. */
    boolean has(String name);

    /** The shape of a weight that is there. */
    long[] shape(String name);

    /**
     * A weight.
     *
     * @throws IllegalArgumentException if it is missing or has another shape; the message names both
     */
    FrozenWeight get(String name, long... shape);
}
