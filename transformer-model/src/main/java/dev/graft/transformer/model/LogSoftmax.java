package dev.graft.transformer.model;

/** Probabilities of one row of logits, in double. */
final class LogSoftmax {
    private LogSoftmax() {}

    /** Number of the largest element; the first of equals. */
    static int largest(float[] row) {
        int best = 0;
        for (int i = 1; i < row.length; i++) {
            if (row[i] > row[best]) {
                best = i;
            }
        }
        return best;
    }

    /** log softmax(row)[at]. */
    static double at(float[] row, int at) {
        return row[at] - logSum(row);
    }

    /** log of the sum of exp. */
    static double logSum(float[] row) {
        double most = row[largest(row)];
        double sum = 0;
        for (float value : row) {
            sum += Math.exp(value - most);
        }
        return most + Math.log(sum);
    }
}
