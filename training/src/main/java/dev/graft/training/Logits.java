package dev.graft.training;

import dev.graft.training.metric.Classification;

/** What follows from one row's logits. */
public final class Logits {
    private Logits() {}

    /** Probabilities of the classes, in double. */
    public static double[] softmax(float[] logits) {
        double largest = logits[Classification.predicted(logits)];
        double[] scores = new double[logits.length];
        double sum = 0;
        for (int i = 0; i < scores.length; i++) {
            scores[i] = Math.exp(logits[i] - largest);
            sum += scores[i];
        }
        for (int i = 0; i < scores.length; i++) {
            scores[i] /= sum;
        }
        return scores;
    }
}
