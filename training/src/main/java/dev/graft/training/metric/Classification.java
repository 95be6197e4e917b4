package dev.graft.training.metric;

/**
 * Measures a classifier row by row. Not for several threads; each can measure its own rows and {@link
 * #add(Classification) add} them, in a fixed order where bits matter.
 */
public final class Classification {
    private final ConfusionCounts confusion;
    private double lossSum;

    /** Nothing measured yet. */
    public Classification(int classes) {
        confusion = new ConfusionCounts(classes);
    }

    /**
     * Measures one row.
     *
     * @param logits one a class
     * @throws ArithmeticException if a logit is NaN or infinite
     */
    public void add(float[] logits, int actual) {
        if (logits.length != confusion.classes()) {
            throw new IllegalArgumentException(logits.length + " logits for " + confusion.classes() + " classes");
        }
        int predicted = predicted(logits);
        confusion.add(actual, predicted);
        lossSum += loss(logits, actual);
    }

    /** Adds the rows of another. */
    public void add(Classification other) {
        confusion.add(other.confusion);
        lossSum += other.lossSum;
    }

    /** Rows by class and prediction, with accuracy and F1. */
    public ConfusionCounts confusion() {
        return confusion;
    }

    /**
     * Mean cross entropy, in nats.
     *
     * @throws IllegalStateException if there are no rows
     */
    public double loss() {
        if (confusion.rows() == 0) {
            throw new IllegalStateException("there are no rows to measure");
        }
        return lossSum / confusion.rows();
    }

    /**
     * The class with the largest logit; the first of several.
     *
     * @throws ArithmeticException if a logit is NaN or infinite
     */
    public static int predicted(float[] logits) {
        int best = 0;
        for (int i = 0; i < logits.length; i++) {
            if (!Float.isFinite(logits[i])) {
                throw new ArithmeticException("the logit of class " + i + " is " + logits[i]);
            }
            best = logits[i] > logits[best] ? i : best;
        }
        return best;
    }

    /** Cross entropy of one row: log of the sum of exp(logit) minus the logit of its class. */
    public static double loss(float[] logits, int actual) {
        double largest = logits[predicted(logits)];
        double sum = 0;
        for (float logit : logits) {
            sum += StrictMath.exp(logit - largest);
        }
        return largest + StrictMath.log(sum) - logits[actual];
    }
}
