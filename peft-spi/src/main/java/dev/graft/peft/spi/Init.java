package dev.graft.peft.spi;

import dev.graft.autograd.CounterRandom;
import java.util.Arrays;

/**
 * Sets a new tensor's first values; the same seed gives the same values. Called once for each new tensor, when an
 * adapter is made, on the thread that makes it and after all sites were attached; when an adapter is loaded, for
 * tensors only that no file holds. An exception means that no adapter is made.
 */
@FunctionalInterface
public interface Init {
    /**
     * Fills the values.
     *
     * @param start random numbers, embeddings and activations; not to be kept
     * @param values as many as the tensor has, in row-major order, all zero; to be written
     */
    void fill(Start start, float[] values);

    /** All zero, as a tensor starts whose product has to change nothing. */
    static Init zeros() {
        return constant(0f);
    }

    /**
     * All the same.
     *
     * @param value finite
     */
    static Init constant(float value) {
        return (start, values) -> Arrays.fill(values, value);
    }

    /**
     * Uniform between -bound and bound.
     *
     * @param bound finite, from 0
     */
    static Init uniform(double bound) {
        return (start, values) -> {
            CounterRandom random = start.random();
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) ((2 * random.uniform(i) - 1) * bound);
            }
        };
    }

    /**
     * Normal with mean 0.
     *
     * @param standardDeviation finite, from 0
     */
    static Init normal(double standardDeviation) {
        return (start, values) -> {
            CounterRandom random = start.random();
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (random.gaussian(i) * standardDeviation);
            }
        };
    }

    /**
     * A copy of a frozen tensor.
     *
     * @param tensor with as many elements as the new one; with more or fewer, making the adapter fails with an
     *     {@link IndexOutOfBoundsException}
     */
    static Init copyOf(FrozenTensor tensor) {
        return (start, values) -> System.arraycopy(tensor.copy(), 0, values, 0, values.length);
    }
}
