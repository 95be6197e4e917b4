package dev.graft.training.experiment;

import dev.graft.training.compare.LossPoint;
import dev.graft.training.statistics.Interval;
import java.util.List;
import java.util.stream.Stream;

/**
 * The runs of one variant on one base and data, one a seed.
 *
 * @param variant that was trained
 * @param runs in the order of the seeds
 */
public record Summary(Variant variant, List<Result> runs) {
    /** Copies the list. */
    public Summary {
        runs = List.copyOf(runs);
    }

    /** The runs with a result. */
    public List<Result> done() {
        return runs.stream().filter(run -> run.failure() == null).toList();
    }

    /** True if every run has a result. */
    public boolean whole() {
        return done().size() == runs.size();
    }

    /** True if the runs have a figure of a name. */
    public boolean has(String figure) {
        return !done().isEmpty() && done().stream().noneMatch(run -> Double.isNaN(run.figure(figure)));
    }

    /**
     * Mean and interval of a figure over the seeds.
     *
     * @throws IllegalArgumentException if no run has a result
     */
    public Interval interval(String figure) {
        return Interval.of(
                done().stream().mapToDouble(run -> run.figure(figure)).toArray());
    }

    /** The mean of a figure; NaN if the runs do not have it. */
    public double mean(String figure) {
        return has(figure) ? interval(figure).mean() : Double.NaN;
    }

    /** The learning rate of the runs. */
    public double learningRate() {
        return runs.get(0).learningRate();
    }

    /** Scores of the test rows: [seeds][rows]. */
    double[][] scores() {
        return runs.stream().map(Result::scores).toArray(double[][]::new);
    }

    /** The loss curves of the runs with a result. */
    public Stream<List<LossPoint>> losses() {
        return done().stream().map(Result::losses);
    }
}
