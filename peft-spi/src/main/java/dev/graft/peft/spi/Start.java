package dev.graft.peft.spi;

import dev.graft.autograd.CounterRandom;

/** What an {@link Init} may look at. */
public interface Start {
    /** The tensor's shape. */
    long[] shape();

    /** Random numbers that depend on the run's seed and the tensor's name only. */
    CounterRandom random();

    /** Word embeddings of a text with its special tokens, as PEFT starts from: [tokens, hidden] in row-major order. */
    float[] embeddings(String text);

    /** Word embeddings of tokens: [tokens, hidden] in row-major order. */
    float[] embeddings(int... tokens);

    /** What enters the tensor's site when the base reads the text: [tokens, input size] in row-major order. */
    float[] activations(String text);

    /**
     * What enters a site when the base reads the text: [tokens, input size] in row-major order. At {@link Slot#CACHE} the
     * keys and values, before any rotation, side by side: [tokens, 2 * key-value heads * head size].
     */
    float[] activations(Site site, String text);
}
