package dev.graft.training.compare;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * The result of training several methods on the same base and data.
 *
 * @param results of the runs that ended well; at least one
 * @param failures of the others
 * @param provenance of everything
 */
public record Comparison(List<MethodResult> results, List<FailedRun> failures, Provenance provenance) {
    private static final Comparator<MethodSummary> RANK = Comparator.<MethodSummary>comparingDouble(
                    one -> -one.accuracy().mean())
            .thenComparingLong(one -> one.first().trainableParameters())
            .thenComparing(MethodSummary::name);

    /** Copies the lists. */
    public Comparison {
        if (results.isEmpty()) {
            throw new IllegalArgumentException("no run ended well: there is nothing to compare");
        }
        results = List.copyOf(results);
        failures = List.copyOf(failures);
    }

    private record Variant(String method, double learningRate, Map<String, Object> settings) {}

    /** The methods, the most accurate first; of equals the one with fewer parameters. */
    public List<MethodSummary> ranked() {
        Map<Variant, List<MethodResult>> groups = new LinkedHashMap<>();
        for (MethodResult run : results) {
            Variant variant = new Variant(run.method(), run.learningRate(), run.settings());
            groups.computeIfAbsent(variant, none -> new ArrayList<>()).add(run);
        }
        List<MethodSummary> ranked = new ArrayList<>();
        for (List<MethodResult> group : groups.values()) {
            group.sort(Comparator.comparingLong(MethodResult::seed));
            List<MethodResult> firsts = groups.values().stream()
                    .map(other -> other.get(0))
                    .filter(other -> other.method().equals(group.get(0).method()))
                    .toList();
            ranked.add(new MethodSummary(Names.of(group.get(0), firsts), group));
        }
        ranked.sort(RANK);
        return ranked;
    }

    /** Number of different seeds. */
    public int seeds() {
        return (int) results.stream().mapToLong(MethodResult::seed).distinct().count();
    }

    /**
     * Standard error of the best accuracy that comes from the number of test rows, with two rows of each outcome added,
     * so that it is not 0 where all rows are right (Agresti and Coull 1998).
     */
    public double standardError() {
        long rows = provenance.testRows() + 4;
        double best = (ranked().get(0).accuracy().mean() * provenance.testRows() + 2) / rows;
        return Math.sqrt(best * (1 - best) / rows);
    }

    /**
     * Of the methods within one standard error of the best, the one for which a figure is lowest: the rule of one
     * standard error (Breiman and others 1984).
     */
    public MethodSummary cheapest(ToDoubleFunction<MethodResult> figure) {
        List<MethodSummary> ranked = ranked();
        double least = ranked.get(0).accuracy().mean() - standardError();
        return ranked.stream()
                .filter(one -> one.accuracy().mean() >= least)
                .min(Comparator.comparingDouble(one -> one.spread(figure).mean()))
                .orElseThrow();
    }
}
