package dev.graft.training.statistics;

import java.util.Comparator;
import java.util.stream.IntStream;

/** Holm's correction (1979): so that the chance of one false difference among many comparisons stays 5 of 100. */
public final class Holm {
    private Holm() {}

    /** The probabilities, each as large as it has to be to stand among the others; in their order, at most 1. */
    public static double[] adjusted(double... probabilities) {
        int[] order = IntStream.range(0, probabilities.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> probabilities[i]))
                .mapToInt(Integer::intValue)
                .toArray();
        double[] adjusted = new double[probabilities.length];
        double largest = 0;
        for (int i = 0; i < order.length; i++) {
            double one = Math.min(1, (order.length - i) * probabilities[order[i]]);
            largest = Math.max(largest, one);
            adjusted[order[i]] = largest;
        }
        return adjusted;
    }
}
