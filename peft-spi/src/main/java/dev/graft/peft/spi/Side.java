package dev.graft.peft.spi;

/**
 * Which stack of an encoder-decoder model a site belongs to; other models have one side only. Further constants may
 * come with further families: a switch over them needs a default.
 */
public enum Side {
    /** An encoder, or the only stack of an encoder model. */
    ENCODER,
    /** A decoder, or the only stack of a decoder model. */
    DECODER,
    /** The decoder's attention over the encoder's output. */
    CROSS
}
