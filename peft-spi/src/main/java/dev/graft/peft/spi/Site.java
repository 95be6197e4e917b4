package dev.graft.peft.spi;

import java.util.Optional;

/** A named place in the base where hooks may act. */
public interface Site {
    /** The Hugging Face module path, such as {@code bert.encoder.layer.0.attention.self.query}; unique in a model with slot. */
    String path();

    /** Which part of the Transformer this is. */
    Slot slot();

    /** The layer, from 0; -1 outside the layers. */
    int layer();

    /** The stack. */
    Side side();

    /** Width of the value that enters, in features. */
    int inputSize();

    /** Width of the value that leaves, in features. */
    int outputSize();

    /** The frozen weight: [output, input] at linear sites whatever the file's order, [width] at norms. */
    Optional<FrozenTensor> weight();

    /** The frozen bias, [output]; a part of a fused projection has none of its own. */
    Optional<FrozenTensor> bias();

    /**
     * The fused projection that this site is a part of, such as GPT-2's c_attn for its query; else empty. A method that
     * acts on all linear sites leaves parts alone, since the whole is a site as well; {@link Targets} does so.
     */
    default Optional<Site> partOf() {
        return Optional.empty();
    }
}
