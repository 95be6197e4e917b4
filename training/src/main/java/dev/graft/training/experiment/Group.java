package dev.graft.training.experiment;

import dev.graft.training.report.Series;
import dev.graft.training.statistics.Interval;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All variants on one base and data.
 *
 * @param base as in the experiment
 * @param data name of the data
 * @param summaries in the order of the experiment
 */
public record Group(String base, String data, List<Summary> summaries) {
    private static final String ACCURACY = "accuracy";

    /** The figure of which the lowest is the best. */
    private static final String LOSS = "loss";

    /** Figures by which variants are ranked: the first that the runs have. */
    private static final List<String> MAIN = List.of(ACCURACY, "bleu", LOSS);

    /** Copies the list. */
    public Group {
        summaries = List.copyOf(summaries);
    }

    /** The groups of an outcome, in its order. */
    public static List<Group> of(Outcome outcome) {
        Map<List<String>, Map<String, List<Result>>> found = new LinkedHashMap<>();
        for (Result result : outcome.results()) {
            found.computeIfAbsent(List.of(result.base(), result.data()), none -> new LinkedHashMap<>())
                    .computeIfAbsent(result.variant().name(), none -> new ArrayList<>())
                    .add(result);
        }
        List<Group> groups = new ArrayList<>();
        found.forEach((key, variants) -> groups.add(new Group(
                key.get(0),
                key.get(1),
                variants.values().stream()
                        .map(runs -> new Summary(runs.get(0).variant(), runs))
                        .toList())));
        return groups;
    }

    /** The figure by which variants are ranked: accuracy, bleu, or loss. */
    public String main() {
        return MAIN.stream()
                .filter(figure -> summaries.stream().anyMatch(one -> one.has(figure)))
                .findFirst()
                .orElse(LOSS);
    }

    /** True if the largest value of the main figure is the best. */
    public boolean largestIsBest() {
        return !main().equals(LOSS);
    }

    /** What the main figure is multiplied by for people. */
    double factor() {
        return main().equals(ACCURACY) ? 100 : 1;
    }

    /** Digits behind the point of the main figure. */
    int digits() {
        return main().equals(LOSS) ? 3 : 1;
    }

    /** The main figure's name for people. */
    String mainTitle() {
        return main().equals(ACCURACY) ? "accuracy %" : main();
    }

    /** The main figure as a column. */
    FigureColumn column() {
        return new FigureColumn(mainTitle(), main(), factor(), digits(), true);
    }

    /** The main figure of a variant at a place of a plot, with its interval over the seeds. */
    Series.Point point(double x, Summary one) {
        Interval interval = one.interval(main());
        double mean = interval.mean() * factor();
        double half = interval.values() == 1 ? 0 : interval.half() * factor();
        return new Series.Point(x, mean, mean - half, mean + half);
    }

    /** The variants with a result, the best mean first; of equals the one with fewer trained parameters. */
    public List<Summary> ranked() {
        String figure = main();
        double sign = largestIsBest() ? -1 : 1;
        return summaries.stream()
                .filter(one -> one.has(figure))
                .sorted(Comparator.<Summary>comparingDouble(one -> sign * one.mean(figure))
                        .thenComparingDouble(one -> one.mean("trainable_parameters"))
                        .thenComparing(one -> one.variant().name()))
                .toList();
    }

    /** In words. */
    public String title() {
        return base + " on " + data;
    }
}
