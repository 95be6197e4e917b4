package dev.graft.training.statistics;

import org.apache.commons.statistics.distribution.BinomialDistribution;

/** McNemar's exact test (1947): whether two classifiers err on the same rows equally often. */
public final class McNemar {
    private McNemar() {}

    /**
     * The probability of a difference at least as large, on either side, where neither is better.
     *
     * @param firstOnly rows that only the first gets right
     * @param secondOnly rows that only the second gets right
     */
    public static double probability(int firstOnly, int secondOnly) {
        if (firstOnly < 0 || secondOnly < 0) {
            throw new IllegalArgumentException(firstOnly + " and " + secondOnly + " rows; allowed: 0 or more");
        }
        int rows = firstOnly + secondOnly;
        if (rows == 0) {
            return 1;
        }
        double tail = BinomialDistribution.of(rows, 0.5).cumulativeProbability(Math.min(firstOnly, secondOnly));
        return Math.min(1, 2 * tail);
    }
}
