package dev.graft.training;

import dev.graft.transformer.model.LanguageModel.Scored;

/** Adds up how well tokens are predicted. */
public final class TokenScores {
    private int rows;
    private long tokens;
    private long first;
    private int exact;
    private double loss;

    /** Nothing yet. */
    public TokenScores() {}

    /** One more row. */
    public void add(Scored row) {
        rows++;
        boolean all = true;
        for (boolean most : row.first()) {
            first += most ? 1 : 0;
            all &= most;
        }
        tokens += row.logprobs().length;
        exact += all ? 1 : 0;
        loss -= row.logprob();
    }

    /** What came out; at least one token must have been added. */
    public Evaluation evaluation() {
        if (tokens == 0) {
            throw new IllegalStateException("no completion has a token, so there is nothing to evaluate");
        }
        return new Evaluation(rows, tokens, (double) first / tokens, 0, (double) exact / rows, loss / tokens);
    }
}
