package dev.graft.transformer.model;

import dev.graft.autograd.CounterRandom;
import java.util.Arrays;

/** Chooses a token by its logits, as {@link Sampling} says. It belongs to one thread, and allocates at its start only. */
final class Sampler {
    private final Sampling sampling;
    private final CounterRandom random;

    /** Logits behind the penalty and the temperature. */
    private float[] scores = new float[0];

    /** Tokens that may still be drawn, the most probable one first, and their probabilities but for a factor. */
    private long[] order = new long[0];

    private double[] weights = new double[0];
    private int count;

    /** Where a token was penalised last: once a choice is enough. */
    private int[] penalised = new int[0];

    private int choices;

    Sampler(Sampling sampling) {
        this.sampling = sampling;
        this.random = new CounterRandom(sampling.seed()).with("sample");
    }

    /**
     * Chooses the next token.
     *
     * @param logits [vocabulary]; they stay as they are
     * @param text number of the text
     * @param step number of the token in it
     * @param context tokens so far, where {@code length} of them count
     */
    int choose(float[] logits, int text, int step, int[] context, int length) {
        if (scores.length != logits.length) {
            scores = new float[logits.length];
            order = new long[logits.length];
            weights = new double[logits.length];
            penalised = new int[logits.length];
        }
        System.arraycopy(logits, 0, scores, 0, logits.length);
        penalise(context, length);
        if (sampling.temperature() == 0) {
            return LogSoftmax.largest(scores);
        }
        return drawn(random.with(text).uniform(step));
    }

    private void penalise(int[] context, int length) {
        choices++;
        if (sampling.repetitionPenalty() == 1) {
            return;
        }
        float penalty = (float) sampling.repetitionPenalty();
        for (int i = 0; i < length; i++) {
            int token = context[i];
            if (token < scores.length && penalised[token] != choices) {
                penalised[token] = choices;
                scores[token] = scores[token] < 0 ? scores[token] * penalty : scores[token] / penalty;
            }
        }
    }

    private int drawn(double uniform) {
        double sum = weigh();
        boolean ordered = sampling.topK() > 0 || sampling.topP() < 1 || sampling.minP() > 0;
        if (ordered) {
            sum = keepMostProbable(sum);
        }
        double at = uniform * sum;
        double passed = 0;
        int last = 0;
        int candidates = ordered ? count : scores.length;
        for (int i = 0; i < candidates; i++) {
            int token = ordered ? (int) order[i] : i;
            if (weights[token] > 0) {
                last = token;
                passed += weights[token];
                if (passed > at) {
                    break;
                }
            }
        }
        return last;
    }

    /** Probabilities but for a factor: the largest is 1. Returns their sum. */
    private double weigh() {
        double most = scores[LogSoftmax.largest(scores)];
        double sum = 0;
        for (int i = 0; i < scores.length; i++) {
            weights[i] = Math.exp((scores[i] - most) / sampling.temperature());
            sum += weights[i];
        }
        return sum;
    }

    /** Leaves top-k, top-p and min-p in {@link #order}; returns the sum of what is left. */
    private double keepMostProbable(double all) {
        sort(least(all));
        if (sampling.topK() > 0 && sampling.topK() < count) {
            float last = scores[(int) order[sampling.topK() - 1]];
            int kept = sampling.topK();
            while (kept < count && scores[(int) order[kept]] == last) { // equals stay, as Hugging Face has it
                kept++;
            }
            count = kept;
        }
        double sum = sampling.topK() > 0 ? sum() : all;
        if (sampling.topP() < 1) {
            double reached = 0;
            int kept = 0;
            while (kept < count && reached < sampling.topP() * sum) {
                reached += weights[(int) order[kept++]];
            }
            count = kept;
        }
        while (count > 1 && weights[(int) order[count - 1]] < sampling.minP()) {
            count--;
        }
        return sum();
    }

    private double sum() {
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += weights[(int) order[i]];
        }
        return sum;
    }

    /** Tokens of a smaller weight are certainly left out, so that they need not be sorted. */
    private double least(double all) {
        // below it all tokens together have less than 1 - top-p: the others reach top-p without them
        double outsideTopP = sampling.topK() > 0 ? 0 : (1 - sampling.topP()) * all / weights.length;
        return Math.max(sampling.minP(), outsideTopP);
    }

    /** Tokens of at least this weight, the largest score first; among equals the smaller id. */
    private void sort(double least) {
        count = 0;
        for (int i = 0; i < weights.length; i++) {
            if (weights[i] >= least && weights[i] > 0) {
                int bits = Float.floatToIntBits(scores[i]);
                int ascending = bits < 0 ? bits ^ 0x7FFFFFFF : bits;
                order[count++] = ((long) ~ascending << 32) | i;
            }
        }
        Arrays.sort(order, 0, count);
    }
}
