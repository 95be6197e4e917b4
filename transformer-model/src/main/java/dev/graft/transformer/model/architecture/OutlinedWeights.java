package dev.graft.transformer.model.architecture;

import dev.graft.autograd.memory.Storage;
import dev.graft.autograd.memory.Tensor;
import dev.graft.transformer.model.weights.FrozenWeight;

/**
 * Weights of any shape that take no memory: every element is one and the same zero. With them a model of any size can be
 * looked at and counted; computing with it would be of no use.
 */
public final class OutlinedWeights implements WeightSource, AutoCloseable {
    private final Storage zero = Storage.allocate(1);
    private final Storage seen = zero.frozen();
    private final Blueprint plan;

    /** Weights of a model that has no classifier and no bias on its logits. */
    public OutlinedWeights(Blueprint plan) {
        this.plan = plan;
    }

    @Override
    public boolean has(String name) {
        boolean bias = plan.language() != null && name.equals(plan.language().bias());
        return !bias && !plan.head().owns(name);
    }

    @Override
    public long[] shape(String name) {
        throw new IllegalArgumentException("an outline takes the shape that is asked for: " + name);
    }

    @Override
    public FrozenWeight get(String name, long... shape) {
        return new FrozenWeight(name, Tensor.over(seen, 0, 1).view(0, shape, new long[shape.length]));
    }

    @Override
    public void close() {
        seen.close();
        zero.close();
    }
}
