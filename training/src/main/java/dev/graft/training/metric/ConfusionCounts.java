package dev.graft.training.metric;

/**
 * How often rows of each class were taken for each class, and the figures that follow from it. Not for several threads;
 * each can count its own and {@link #add(ConfusionCounts) add} them.
 */
public final class ConfusionCounts {
    private final long[][] counts;
    private long rows;

    /** No rows yet. */
    public ConfusionCounts(int classes) {
        if (classes < 1) {
            throw new IllegalArgumentException(classes + " classes; allowed: at least 1");
        }
        counts = new long[classes][classes];
    }

    /** Counts one row. */
    public void add(int actual, int predicted) {
        counts[check(actual)][check(predicted)]++;
        rows++;
    }

    /** Counts the rows of another. */
    public void add(ConfusionCounts other) {
        if (other.counts.length != counts.length) {
            throw new IllegalArgumentException(other.counts.length + " classes are not " + counts.length);
        }
        for (int i = 0; i < counts.length; i++) {
            for (int j = 0; j < counts.length; j++) {
                counts[i][j] += other.counts[i][j];
            }
        }
        rows += other.rows;
    }

    /** Number of classes. */
    public int classes() {
        return counts.length;
    }

    /** Number of rows. */
    public long rows() {
        return rows;
    }

    /** Rows of one class that were taken for another. */
    public long count(int actual, int predicted) {
        return counts[check(actual)][check(predicted)];
    }

    /**
     * Share of rows whose class was found.
     *
     * @throws IllegalStateException if there are no rows
     */
    public double accuracy() {
        needRows();
        long right = 0;
        for (int i = 0; i < counts.length; i++) {
            right += counts[i][i];
        }
        return (double) right / rows;
    }

    /**
     * F1 of a class: 2 * hits / (rows of it + rows taken for it); NaN if there are none of either.
     */
    public double f1(int one) {
        long all = 0;
        for (int i = 0; i < counts.length; i++) {
            all += counts[check(one)][i] + counts[i][one];
        }
        return all == 0 ? Double.NaN : 2.0 * counts[one][one] / all;
    }

    /**
     * Mean F1 over the classes that occur among the rows or the predictions, as scikit-learn's
     * {@code f1_score(average="macro")}; a class that never occurs does not count.
     *
     * @throws IllegalStateException if there are no rows
     */
    public double macroF1() {
        needRows();
        double sum = 0;
        int present = 0;
        for (int i = 0; i < counts.length; i++) {
            double f1 = f1(i);
            if (!Double.isNaN(f1)) {
                sum += f1;
                present++;
            }
        }
        return sum / present;
    }

    private void needRows() {
        if (rows == 0) {
            throw new IllegalStateException("there are no rows to measure");
        }
    }

    private int check(int one) {
        if (one < 0 || one >= counts.length) {
            throw new IllegalArgumentException("class " + one + " is none of 0 to " + (counts.length - 1));
        }
        return one;
    }
}
