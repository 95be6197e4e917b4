package dev.graft.peft.spi;

import dev.graft.autograd.CounterRandom;
import java.util.Arrays;

/** Sets a new tensor's first values; the same seed gives the same values. */
@FunctionalInterface
public interface Init {
    /**
     * Fills the values.
     *
     * @param start random numbers, the site's weight, embeddings and activations
     * @param values in row-major order, to be written
     */
    void fill(Start start, float[] values);

    /** All zero. */
    static Init zeros() {
        return constant(0f);
    }

    /** All the same. */
    static Init constant(float value) {
        return (start, values) -> Arrays.fill(values, value);
    }

    /** Uniform between -bound and bound. */
    static Init uniform(double bound) {
        return (start, values) -> {
            CounterRandom random = start.random();
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) ((2 * random.uniform(i) - 1) * bound);
            }
        };
    }

    /** Normal with mean 0. */
    static Init normal(double standardDeviation) {
        return (start, values) -> {
            CounterRandom random = start.random();
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (random.gaussian(i) * standardDeviation);
            }
        };
    }

    /** A copy of a frozen tensor of the same size. */
    static Init copyOf(FrozenTensor tensor) {
        return (start, values) -> System.arraycopy(tensor.copy(), 0, values, 0, values.length);
    }
}
