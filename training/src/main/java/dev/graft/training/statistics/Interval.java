package dev.graft.training.statistics;

import org.apache.commons.statistics.distribution.TDistribution;

/**
 * A mean with the interval that holds the true one in 95 of 100 cases, from Student's t over independent runs.
 *
 * @param mean of the values
 * @param low end; NaN for one value
 * @param high end; NaN for one value
 * @param deviation sample standard deviation (divided by n - 1); 0 for one value
 * @param values number of values
 */
public record Interval(double mean, double low, double high, double deviation, int values) {
    private static final double UPPER = 0.975;

    /**
     * The interval of values, one a seed.
     *
     * @throws IllegalArgumentException if there are none
     */
    public static Interval of(double... values) {
        int n = values.length;
        if (n == 0) {
            throw new IllegalArgumentException("no values; allowed: at least one");
        }
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        double mean = sum / n;
        if (n == 1) {
            return new Interval(mean, Double.NaN, Double.NaN, 0, 1);
        }
        double squares = 0;
        for (double value : values) {
            squares += (value - mean) * (value - mean);
        }
        double deviation = Math.sqrt(squares / (n - 1));
        double half = TDistribution.of(n - 1).inverseCumulativeProbability(UPPER) * deviation / Math.sqrt(n);
        return new Interval(mean, mean - half, mean + half, deviation, n);
    }

    /** Half the interval's length; NaN for one value. */
    public double half() {
        return (high - low) / 2;
    }
}
