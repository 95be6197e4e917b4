package dev.graft.training.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What a reader should know about the figures, in words. */
final class Advice {
    /** Most methods that a heading names. */
    private static final int NAMED = 4;

    private Advice() {}

    /** How much of a difference says nothing. */
    static String noise(Comparison comparison) {
        String rows = Figures.count(comparison.provenance().testRows());
        String points = Figures.fixed(100 * comparison.standardError(), 1);
        String seeds = comparison.seeds() == 1
                ? "One seed: the spread over seeds is not known."
                : "\u00B1 is the standard deviation over " + comparison.seeds() + " seeds.";
        return "On " + rows + " test rows the best accuracy has a standard error of " + points
                + " points: smaller differences may be chance. " + seeds;
    }

    static String failure(FailedRun failed) {
        return failed.method() + ", seed " + failed.seed() + ": " + failed.reason();
    }

    /** What the page is about: the methods, the best first. */
    static String heading(Comparison comparison) {
        List<String> names =
                comparison.ranked().stream().map(MethodSummary::name).toList();
        if (names.size() > NAMED) {
            return names.size() + " methods compared";
        }
        int last = names.size() - 1;
        if (last == 0) {
            return names.get(0) + " measured";
        }
        return String.join(", ", names.subList(0, last)) + " and " + names.get(last) + " compared";
    }

    /** The result in sentences. */
    static List<String> findings(Comparison comparison) {
        MethodSummary best = comparison.ranked().get(0);
        List<String> findings = new ArrayList<>();
        findings.add("Most accurate: " + best.name() + ", " + Figures.percent(best.accuracy())
                + " % of the test rows, with " + Figures.count(best.first().trainableParameters())
                + " trained parameters.");
        MethodSummary small = comparison.cheapest(MethodResult::trainableParameters);
        if (!same(small, best)) {
            findings.add("Fewest parameters within one standard error of it: " + small.name() + ", "
                    + Figures.count(small.first().trainableParameters()) + " trained parameters, "
                    + Figures.percent(small.accuracy()) + " %.");
        }
        MethodSummary fast = comparison.cheapest(run -> run.cost().trainSeconds());
        if (!same(fast, best)) {
            findings.add("Fastest within one standard error of it: " + fast.name() + ", "
                    + Figures.fixed(seconds(fast), 1) + " s of training, " + Figures.percent(fast.accuracy()) + " %.");
        }
        if (same(small, best) && same(fast, best) && comparison.ranked().size() > 1) {
            findings.add(next(best, comparison.ranked().get(1)));
        }
        return findings;
    }

    /** No method is as good for less: what the next one gives up, and for what. */
    private static String next(MethodSummary best, MethodSummary next) {
        double less = 100 * (best.accuracy().mean() - next.accuracy().mean());
        double share = (double) next.first().trainableParameters()
                / Math.max(1, best.first().trainableParameters());
        return "Next: " + next.name() + ", " + Figures.fixed(less, 1) + " points less with " + Figures.share(share)
                + " % of its trained parameters and " + Figures.share(seconds(next) / seconds(best))
                + " % of its training time.";
    }

    private static boolean same(MethodSummary one, MethodSummary other) {
        return one.name().equals(other.name());
    }

    private static double seconds(MethodSummary one) {
        return one.spread(run -> run.cost().trainSeconds()).mean();
    }

    /** Where everything came from: name and value. */
    static List<List<String>> facts(Comparison comparison) {
        Provenance from = comparison.provenance();
        List<List<String>> facts = new ArrayList<>();
        facts.add(List.of("base", from.base()));
        facts.add(List.of("licence of the base", from.baseLicence()));
        facts.add(List.of("data", from.data()));
        facts.add(List.of("licence of the data", from.dataLicence()));
        facts.add(List.of("test rows", Figures.count(from.testRows())));
        facts.add(List.of(
                "seeds",
                comparison.results().stream()
                        .map(MethodResult::seed)
                        .distinct()
                        .sorted()
                        .map(String::valueOf)
                        .collect(Collectors.joining(", "))));
        from.details().forEach((name, value) -> facts.add(List.of(name, value)));
        return facts;
    }
}
