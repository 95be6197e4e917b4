package dev.graft.peft.spi;

import dev.graft.autograd.CounterRandom;

/** What an {@link Init} may look at. */
public interface Start {
    /** The tensor's shape. */
    long[] shape();

    /** Random numbers that depend on the run's seed and the tensor's name only. */
    CounterRandom random();

    /** Word embeddings of a text, without special tokens: [tokens, hidden] in row-major order. */
    float[] embeddings(String text);

    /** What enters the site when the base reads the text: [tokens, input size] in row-major order. */
    float[] activations(String text);
}
