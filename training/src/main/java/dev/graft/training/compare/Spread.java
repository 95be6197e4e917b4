package dev.graft.training.compare;

import java.util.Collection;
import java.util.function.ToDoubleFunction;

/**
 * Mean and spread of a figure over seeds.
 *
 * @param mean over the runs
 * @param deviation sample standard deviation (divided by n - 1); 0 for one run
 * @param runs number of runs
 */
public record Spread(double mean, double deviation, int runs) {
    /** The spread of a figure of some runs. */
    public static <T> Spread of(Collection<T> runs, ToDoubleFunction<T> figure) {
        double mean = runs.stream().mapToDouble(figure).average().orElseThrow();
        double squares = runs.stream()
                .mapToDouble(figure)
                .map(x -> (x - mean) * (x - mean))
                .sum();
        return new Spread(mean, runs.size() == 1 ? 0 : Math.sqrt(squares / (runs.size() - 1)), runs.size());
    }
}
