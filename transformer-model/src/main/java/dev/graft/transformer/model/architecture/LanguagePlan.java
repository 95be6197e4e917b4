package dev.graft.transformer.model.architecture;

/**
 * How a family predicts tokens.
 *
 * @param head module of the output projection
 * @param tied true if its weight is the table of words
 * @param bias name of a frozen bias on the logits that is no parameter, or null
 * @param startToken first input of the decoder of an encoder-decoder model; -1 without one
 * @param beginToken stands for an empty prompt; -1 if there is none
 * @param endTokens end a text; the first one is what training adds; may be empty
 * @param forcedToken the first token of every generated text, or -1
 * @param scale factor on the hidden states in front of the projection, usually 1
 * @param cap logits l become cap * tanh(l / cap); 0 leaves them alone
 */
public record LanguagePlan(
        String head,
        boolean tied,
        String bias,
        int startToken,
        int beginToken,
        java.util.List<Integer> endTokens,
        int forcedToken,
        double scale,
        double cap) {
    /** Copies the list. */
    public LanguagePlan {
        endTokens = java.util.List.copyOf(endTokens);
    }

    /** Logits without a factor and a cap. */
    public LanguagePlan(
            String head,
            boolean tied,
            String bias,
            int startToken,
            int beginToken,
            java.util.List<Integer> endTokens,
            int forcedToken) {
        this(head, tied, bias, startToken, beginToken, endTokens, forcedToken, 1, 0);
    }

    /** Name of the output projection's weight where it is one of its own. */
    public String weight() {
        return head + ".weight";
    }

    /** The same with an output projection of its own, which has no factor. */
    LanguagePlan untied() {
        return new LanguagePlan(head, false, bias, startToken, beginToken, endTokens, forcedToken, 1, cap);
    }
}
