package dev.graft.transformer.model;

/**
 * A text that a model wrote.
 *
 * @param tokens all new tokens, an end token included
 * @param text theirs, up to a stop string
 * @param finish why it ends
 */
public record Generated(int[] tokens, String text, Finish finish) {
    /** Why a text ends. */
    public enum Finish {
        /** The model wrote an end token. */
        END,
        /** A stop string came. */
        STOP,
        /** It has as many new tokens as were asked for. */
        LENGTH
    }
}
