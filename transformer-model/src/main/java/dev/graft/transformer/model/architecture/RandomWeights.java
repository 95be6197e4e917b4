package dev.graft.transformer.model.architecture;

import dev.graft.autograd.CounterRandom;
import dev.graft.transformer.model.weights.Compaction;
import dev.graft.transformer.model.weights.FrozenWeight;
import dev.graft.transformer.model.weights.OwnedWeights;

/** Seeded random weights of any shape, for benchmarks: speed does not depend on values. */
public final class RandomWeights implements WeightSource, AutoCloseable {
    private static final double SPREAD = 0.02;

    private final OwnedWeights memory = new OwnedWeights();
    private final CounterRandom random;
    private final Blueprint plan;
    private final Compaction compaction;

    /**
     * Weights of a model from a seed; it has no classifier and no bias on its logits.
     *
     * @param compaction how matrices are kept
     */
    public RandomWeights(Blueprint plan, long seed, Compaction compaction) {
        this.plan = plan;
        this.compaction = compaction;
        random = new CounterRandom(seed);
    }

    @Override
    public boolean has(String name) {
        boolean bias = plan.language() != null && name.equals(plan.language().bias());
        return !bias && !plan.head().owns(name);
    }

    @Override
    public long[] shape(String name) {
        throw new IllegalArgumentException("random weights take the shape that is asked for: " + name);
    }

    @Override
    public FrozenWeight get(String name, long... shape) {
        CounterRandom own = random.with(name);
        int centre = shape.length == 1 && name.endsWith(".weight") ? 1 : 0; // a norm's scale
        return memory.freeze(
                name,
                (index, into, length) -> {
                    for (int i = 0; i < length; i++) {
                        into[i] = (float) (centre + (2 * own.uniform(index + i) - 1) * SPREAD);
                    }
                },
                compaction,
                shape);
    }

    @Override
    public void close() {
        memory.close();
    }
}
