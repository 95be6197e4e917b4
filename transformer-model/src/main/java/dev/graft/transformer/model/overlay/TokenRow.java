package dev.graft.transformer.model.overlay;

import dev.graft.autograd.CrossEntropy;

/**
 * A sequence that enters the model.
 *
 * @param tokens ids, at least one; what the encoder reads, if there is one
 * @param types token types, as many as tokens
 * @param decoder ids that the decoder of an encoder-decoder model reads; null in other models
 * @param labels the token that follows each token of the last stack, or {@link CrossEntropy#IGNORED}; null without
 */
public record TokenRow(int[] tokens, int[] types, int[] decoder, int[] labels) {
    /** Checks that there is something to read. */
    public TokenRow {
        if (tokens.length == 0 || tokens.length != types.length) {
            throw new IllegalArgumentException(
                    "a sequence has " + tokens.length + " tokens and " + types.length + " token types");
        }
        if (decoder != null && decoder.length == 0) {
            throw new IllegalArgumentException("a sequence has no tokens for the decoder");
        }
        int last = decoder == null ? tokens.length : decoder.length;
        if (labels != null && labels.length != last) {
            throw new IllegalArgumentException("a sequence has " + last + " tokens and " + labels.length + " labels");
        }
    }

    /** A sequence without labels of its own. */
    public TokenRow(int[] tokens, int[] types) {
        this(tokens, types, null, null);
    }

    /** What the last stack reads. */
    public int[] last() {
        return decoder == null ? tokens : decoder;
    }

    /** Number of tokens that all stacks read. */
    public int length() {
        return tokens.length + (decoder == null ? 0 : decoder.length);
    }

    /** Number of tokens that are predicted. */
    public int labelled() {
        int count = 0;
        for (int i = 0; labels != null && i < labels.length; i++) {
            count += labels[i] == CrossEntropy.IGNORED ? 0 : 1;
        }
        return count;
    }
}
