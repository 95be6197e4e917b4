package dev.graft.transformer.model.architecture;

import dev.graft.autograd.CounterRandom;
import dev.graft.transformer.model.weights.FrozenWeight;
import dev.graft.transformer.model.weights.OwnedWeights;

/** Seeded random weights of any shape, for benchmarks: speed does not depend on values. */
public final class RandomWeights implements WeightSource, AutoCloseable {
    private static final double SPREAD = 0.02;

    private final OwnedWeights memory = new OwnedWeights();
    private final CounterRandom random;

    /** Weights from a seed. */
    public RandomWeights(long seed) {
        random = new CounterRandom(seed);
    }

    @Override
    public boolean has(String name) {
        return !name.startsWith("classifier");
    }

    @Override
    public long[] shape(String name) {
        throw new IllegalArgumentException("random weights take the shape that is asked for: " + name);
    }

    @Override
    public FrozenWeight get(String name, long... shape) {
        CounterRandom own = random.with(name);
        int centre = name.endsWith("LayerNorm.weight") ? 1 : 0;
        return memory.freeze(
                name,
                (index, into, length) -> {
                    for (int i = 0; i < length; i++) {
                        into[i] = (float) (centre + (2 * own.uniform(index + i) - 1) * SPREAD);
                    }
                },
                shape);
    }

    @Override
    public void close() {
        memory.close();
    }
}
