package dev.graft.training;

/** What follows from one row's logits. */
public final class Logits {
    private Logits() {}

    /** Number of the highest; the first of equals. */
    public static int best(float[] logits) {
        int best = 0;
        for (int i = 1; i < logits.length; i++) {
            if (logits[i] > logits[best]) {
                best = i;
            }
        }
        return best;
    }

    /** Probabilities of the classes, in double. */
    public static double[] softmax(float[] logits) {
        double largest = logits[best(logits)];
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
