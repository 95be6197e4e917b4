package dev.graft.transformer.model;

import java.util.Arrays;

/** The tokens of a text that is being generated, in memory for all that may come. */
final class GrowingText {
    private final int[] tokens;
    private final int given;
    private int length;

    /**
     * A text to be continued.
     *
     * @param given what the model that continues it reads first: the prompt, or a decoder's start
     * @param most tokens that may follow
     */
    GrowingText(int[] given, int most) {
        this.tokens = Arrays.copyOf(given, given.length + most);
        this.given = given.length;
        this.length = given.length;
    }

    int choose(Sampler sampler, TokenRules rules, float[] logits, int number) {
        int forced = rules.forced(length, size());
        return forced >= 0
                ? forced
                : sampler.choose(rules.apply(logits, tokens, length, size()), number, size(), tokens, length);
    }

    void add(int token) {
        tokens[length++] = token;
    }

    /** How many tokens were added. */
    int size() {
        return length - given;
    }

    /** The tokens that were added. */
    int[] added() {
        return Arrays.copyOfRange(tokens, given, length);
    }
}
