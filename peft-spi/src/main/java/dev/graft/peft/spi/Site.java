package dev.graft.peft.spi;

import java.util.Optional;

/**
 * A named place in the base where hooks may act. Sites belong to the base, never change, may be kept and used by any
 * thread; implemented by the framework only.
 */
public interface Site {
    /**
     * The Hugging Face module path, such as {@code bert.encoder.layer.0.attention.self.query}; unique in a model with
     * slot.
     */
    String path();

    /** Which part of the Transformer this is. */
    Slot slot();

    /** The layer, from 0; -1 outside the layers. */
    int layer();

    /** The stack; in the decoder's attention over the encoder's output {@link Side#CROSS}. */
    Side side();

    /** Width of the value that enters, in features; at {@link Slot#CACHE} key-value heads * head size. */
    int inputSize();

    /** Width of the value that leaves, in features. */
    int outputSize();

    /**
     * The frozen weight: [output, input] at linear sites whatever the file's order, [vocabulary, hidden] at {@link
     * Slot#EMBEDDING}, [width] at norms; empty elsewhere.
     */
    Optional<FrozenTensor> weight();

    /**
     * True if the base's file holds the weight as [input, output], as GPT-2's Conv1D does: {@link #weight} is [output,
     * input] all the same, but Hugging Face PEFT notes it.
     */
    default boolean isTransposed() {
        return false;
    }

    /** The frozen bias, [output]; empty where the family has none, and at parts of a fused projection. */
    Optional<FrozenTensor> bias();

    /**
     * The fused projection that this site is a part of, such as GPT-2's c_attn for its query; else empty. A method that
     * acts on all linear sites leaves parts alone, since the whole is a site as well; {@link Targets} does so.
     */
    default Optional<Site> partOf() {
        return Optional.empty();
    }
}
