package dev.graft.transformer.model;

import java.util.List;

/**
 * Which tokens a text may have next, by a base's {@link GenerationConfig}: scores of others become minus infinity. It
 * belongs to one thread, and allocates at its start only.
 */
final class TokenRules {
    private final GenerationConfig config;
    private final int most;
    private final boolean free;
    private float[] scores = new float[0];

    /**
     * Rules of one run.
     *
     * @param most tokens of a continuation
     */
    TokenRules(GenerationConfig config, int most) {
        this.config = config;
        this.most = most;
        this.free = config.suppressed().isEmpty()
                && config.suppressedFirst().isEmpty()
                && config.bad().isEmpty()
                && config.ngram() == 0
                && config.minLength() == 0
                && config.minNewTokens() == 0;
    }

    /**
     * The token that has to come, or -1.
     *
     * @param length tokens so far
     * @param added how many of them were written
     */
    int forced(int length, int added) {
        if (config.last() >= 0 && added == most - 1) {
            return config.last();
        }
        return length == 1 ? config.first() : -1;
    }

    /**
     * Scores without the tokens that may not come; the given array where nothing is forbidden.
     *
     * @param given [vocabulary]; they stay as they are
     * @param tokens so far, where {@code length} of them count
     * @param added how many of them were written
     */
    float[] apply(float[] given, int[] tokens, int length, int added) {
        if (free) {
            return given;
        }
        if (scores.length != given.length) {
            scores = new float[given.length];
        }
        System.arraycopy(given, 0, scores, 0, given.length);
        forbidRepetition(tokens, length);
        for (List<Integer> word : config.bad()) {
            if (endsWith(tokens, length, word)) {
                forbid(word.get(word.size() - 1));
            }
        }
        if (length < config.minLength() || added < config.minNewTokens()) {
            config.endTokens().forEach(this::forbid);
        }
        config.suppressed().forEach(this::forbid);
        if (added == (length - added == 1 && config.first() >= 0 ? 1 : 0)) {
            config.suppressedFirst().forEach(this::forbid);
        }
        return scores;
    }

    private void forbid(int token) {
        scores[token] = Float.NEGATIVE_INFINITY;
    }

    /** The last n - 1 tokens may not be followed by what followed them before. */
    private void forbidRepetition(int[] tokens, int length) {
        int before = config.ngram() - 1;
        for (int end = before; before >= 0 && end < length; end++) {
            int same = 0;
            while (same < before && tokens[end - 1 - same] == tokens[length - 1 - same]) {
                same++;
            }
            if (same == before) {
                forbid(tokens[end]);
            }
        }
    }

    private static boolean endsWith(int[] tokens, int length, List<Integer> word) {
        int before = word.size() - 1;
        if (before > length) {
            return false;
        }
        for (int i = 0; i < before; i++) {
            if (tokens[length - before + i] != word.get(i)) {
                return false;
            }
        }
        return true;
    }
}
