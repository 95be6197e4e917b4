package dev.graft.transformer.model.architecture;

import dev.graft.autograd.CounterRandom;
import dev.graft.autograd.memory.Shapes;
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
        boolean scale = name.endsWith("LayerNorm.weight");
        float[] values = new float[Math.toIntExact(Shapes.size(shape))];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) ((scale ? 1 : 0) + (2 * own.uniform(i) - 1) * SPREAD);
        }
        return memory.freeze(name, values, shape);
    }

    @Override
    public void close() {
        memory.close();
    }
}
