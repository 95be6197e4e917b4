package dev.graft.training.experiment;

import dev.graft.training.report.Numbers;
import dev.graft.training.report.Table;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The tables of an outcome. */
public final class Tables {
    static final String SAME = "no difference shown";
    private static final String RANKING = "Ranking: ";
    private static final String COST = "Cost: ";
    private static final int SHORT = 20;
    private static final MathContext DIGITS = new MathContext(2);

    private final Outcome outcome;
    private final List<Group> groups;
    private final List<PairTest> tests;

    /** Of one outcome. */
    public Tables(Outcome outcome) {
        this.outcome = outcome;
        this.groups = Group.of(outcome);
        this.tests = PairTest.of(outcome);
    }

    /** The groups, in the order of the tables. */
    public List<Group> groups() {
        return groups;
    }

    /** All of them, in the order of a report. */
    public List<Table> all() {
        List<Table> all = new ArrayList<>();
        for (Group group : groups) {
            all.add(ranking(group));
            all.add(cost(group));
            all.addAll(new LatencyPlot(group).tables());
        }
        outcome.studies().forEach(study -> study.parts().forEach(part -> all.add(part.table())));
        all.addAll(rest());
        all.add(facts());
        return all;
    }

    /** Tests, trials and failures, as far as there are any. */
    List<Table> rest() {
        List<Table> rest = new ArrayList<>();
        if (!tests.isEmpty()) {
            rest.add(pairs());
        }
        if (!outcome.trials().isEmpty()) {
            rest.add(trials());
        }
        List<Result> failed =
                outcome.results().stream().filter(one -> one.failure() != null).toList();
        if (!failed.isEmpty()) {
            rest.add(failures(failed));
        }
        return rest;
    }

    /** Those that fit into a terminal: long ones stand in the report's folder. */
    List<Table> some() {
        return all().stream()
                .filter(table -> table.rows().size() <= SHORT || isMain(table))
                .toList();
    }

    private static boolean isMain(Table table) {
        return table.title().startsWith(RANKING) || table.title().startsWith(COST);
    }

    /** The variants, the best first, and what a test says of each. */
    Table ranking(Group group) {
        List<Summary> ranked = group.ranked();
        List<FigureColumn> figures = FigureColumn.present(FigureColumn.QUALITY, ranked);
        List<String> columns = new ArrayList<>(List.of("", "variant", "against " + against(group)));
        columns.addAll(List.of("rate", "trained"));
        figures.forEach(figure -> columns.add(figure.title()));
        List<List<String>> rows = new ArrayList<>();
        for (Summary one : ranked) {
            String place = String.valueOf(rows.size() + 1);
            List<String> row = new ArrayList<>(List.of(place, one.variant().name(), verdict(group, one)));
            row.add(Numbers.rate(one.learningRate()));
            row.add(FigureColumn.COST.get(0).cell(one));
            figures.forEach(figure -> row.add(figure.cell(one)));
            rows.add(row);
        }
        return new Table(RANKING + group.title(), columns, 3, rows);
    }

    /** What the others are tested against: the reference, or the best. */
    String against(Group group) {
        String reference = outcome.experiment().reference();
        List<Summary> ranked = group.ranked();
        return reference != null || ranked.isEmpty()
                ? String.valueOf(reference)
                : ranked.get(0).variant().name();
    }

    /** "no difference shown" is said where that is so. */
    String verdict(Group group, Summary one) {
        String against = against(group);
        String name = one.variant().name();
        if (name.equals(against)) {
            return "";
        }
        return tests.stream()
                .filter(test -> test.base().equals(group.base()) && test.data().equals(group.data()))
                .filter(test -> test.has(name) && test.other(name).equals(against))
                .findFirst()
                .map(test -> verdict(test, name))
                .orElse("not tested");
    }

    private static String verdict(PairTest test, String name) {
        if (!test.shown()) {
            return SAME + ", p " + probability(test.adjusted());
        }
        boolean better = test.first().equals(name) == test.difference() > 0;
        return (better ? "better" : "worse") + ", p " + probability(test.adjusted());
    }

    /** What the variants take. */
    Table cost(Group group) {
        List<Summary> ranked = group.ranked();
        List<FigureColumn> figures = FigureColumn.present(FigureColumn.COST, ranked);
        List<String> columns = new ArrayList<>(List.of("variant"));
        figures.forEach(figure -> columns.add(figure.title()));
        List<List<String>> rows = new ArrayList<>();
        for (Summary one : ranked) {
            List<String> row = new ArrayList<>(List.of(one.variant().name()));
            figures.forEach(figure -> row.add(figure.cell(one)));
            rows.add(row);
        }
        return new Table(COST + group.title(), columns, 1, rows);
    }

    /** Every comparison of two. */
    private Table pairs() {
        List<List<String>> rows = new ArrayList<>();
        for (PairTest test : tests) {
            rows.add(List.of(
                    test.base() + " on " + test.data(),
                    test.first(),
                    test.second(),
                    test.shown() ? (test.difference() > 0 ? "the first is better" : "the second is better") : SAME,
                    Numbers.fixed(test.difference(), 4),
                    Numbers.fixed(test.low(), 4) + " to " + Numbers.fixed(test.high(), 4),
                    probability(test.probability()),
                    probability(test.adjusted())));
        }
        return new Table(
                "Paired tests on the same test rows: " + tests.get(0).test() + ", " + tests.size()
                        + " comparisons, corrected by Holm",
                List.of("where", "first", "second", "result", "difference", "95 % interval", "p", "p corrected"),
                4,
                rows);
    }

    /** Every learning rate that was tried. */
    private Table trials() {
        List<List<String>> rows = new ArrayList<>();
        for (Trial trial : outcome.trials()) {
            rows.add(List.of(
                    trial.base() + " on " + trial.data(),
                    trial.variant(),
                    trial.chosen() ? "chosen" : "",
                    Numbers.rate(trial.learningRate()),
                    trial.score() == null ? "diverged" : Numbers.fixed(trial.score(), 4)));
        }
        return new Table(
                "Learning rates that were tried, with seed "
                        + outcome.experiment().tuningSeed(),
                List.of("where", "variant", "", "rate", "best validation score"),
                3,
                rows);
    }

    private static Table failures(List<Result> failed) {
        return new Table(
                "Runs that failed",
                List.of("variant", "reason", "seed"),
                2,
                failed.stream()
                        .map(one -> List.of(one.variant().name(), one.failure(), String.valueOf(one.seed())))
                        .toList());
    }

    /** What is needed to repeat it. */
    Table facts() {
        List<List<String>> rows = new ArrayList<>();
        for (Map.Entry<String, String> fact : outcome.provenance().entrySet()) {
            rows.add(List.of(fact.getKey(), fact.getValue()));
        }
        Experiment experiment = outcome.experiment();
        if (experiment.trains()) {
            rows.add(List.of("budget of each run", experiment.budget().text()));
            rows.add(List.of("learning rates", experiment.tuning().text()));
            rows.add(List.of("seeds", experiment.seeds().toString()));
        }
        rows.add(List.of("digest of what a repetition gives again", outcome.digest()));
        return new Table("Repeat it", List.of("what", "value"), 2, rows);
    }

    /** A probability with two digits that say something. */
    static String probability(double p) {
        return p < 1e-4 ? "< 0.0001" : new BigDecimal(p).round(DIGITS).toPlainString();
    }
}
