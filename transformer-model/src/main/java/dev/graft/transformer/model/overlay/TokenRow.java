package dev.graft.transformer.model.overlay;

/**
 * A sequence that enters the model.
 *
 * @param tokens ids, at least one
 * @param types token types, as many as tokens
 */
public record TokenRow(int[] tokens, int[] types) {
    /** Checks that there is something to read. */
    public TokenRow {
        if (tokens.length == 0 || tokens.length != types.length) {
            throw new IllegalArgumentException(
                    "a sequence has " + tokens.length + " tokens and " + types.length + " token types");
        }
    }
}
