package dev.graft.peft.spi;

import dev.graft.autograd.CounterRandom;

/** What an {@link Init} may look at. It belongs to one call, on one thread; implemented by the framework only. */
public interface Start {
    /** The tensor's shape; a copy. */
    long[] shape();

    /**
     * Random numbers that depend on the run's seed and the tensor's name only, or on the seed that the tensor was
     * declared with. Each is a function of a counter: asking twice gives the same.
     */
    CounterRandom random();

    /**
     * Word embeddings of a text with its special tokens, as PEFT starts from: [tokens, hidden] in row-major order.
     *
     * @param text is cut at the base's number of positions
     * @throws IllegalStateException if the base has no tokenizer
     */
    float[] embeddings(String text);

    /**
     * Word embeddings of tokens: [tokens, hidden] in row-major order, times the base's scale of embeddings.
     *
     * @param tokens ids of the base's vocabulary; others are an {@link IllegalArgumentException} or
     *     {@link IndexOutOfBoundsException}
     */
    float[] embeddings(int... tokens);

    /**
     * What enters the tensor's site when the base reads the text: [tokens, input size] in row-major order. It costs a
     * pass of the base.
     *
     * @param text is cut at the base's number of positions
     * @throws IllegalStateException if the base has no tokenizer
     * @throws IllegalArgumentException if nothing passes the site when a text is read, as the head
     */
    float[] activations(String text);

    /**
     * What enters a site when the base reads the text: [tokens, input size] in row-major order. At {@link Slot#CACHE}
     * the keys and values, before any rotation, side by side: [tokens, 2 * key-value heads * head size]. It costs a
     * pass of the base.
     *
     * @param site of this base
     * @param text is cut at the base's number of positions
     * @throws IllegalStateException if the base has no tokenizer
     * @throws IllegalArgumentException if nothing passes the site when a text is read, as the head
     */
    float[] activations(Site site, String text);
}
