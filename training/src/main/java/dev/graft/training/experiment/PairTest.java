package dev.graft.training.experiment;

import dev.graft.training.statistics.Holm;
import dev.graft.training.statistics.McNemar;
import dev.graft.training.statistics.PairedBootstrap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Two variants on the same test rows.
 *
 * @param base as in the experiment
 * @param data name of the data
 * @param first name of a variant
 * @param second name of another
 * @param difference mean score of the first less that of the second
 * @param low end of its 95 % interval
 * @param high end of it
 * @param probability of such a difference where there is none
 * @param adjusted the same among all comparisons of the experiment (Holm)
 * @param test which one
 */
public record PairTest(
        String base,
        String data,
        String first,
        String second,
        double difference,
        double low,
        double high,
        double probability,
        double adjusted,
        String test) {
    /** Adjusted probabilities below this are called a difference. */
    public static final double LEVEL = 0.05;

    static final String MC_NEMAR = "McNemar, exact";
    static final String BOOTSTRAP = "paired bootstrap";
    private static final int DRAWINGS = 10_000;

    /** True if there is a difference. */
    public boolean shown() {
        return adjusted < LEVEL;
    }

    /** The other of two. */
    String other(String name) {
        return first.equals(name) ? second : first;
    }

    boolean has(String name) {
        return first.equals(name) || second.equals(name);
    }

    /**
     * All tests of an experiment: of its reference against each other variant, or of all pairs, on each base and data.
     * Variants of which a run failed are left out.
     */
    public static List<PairTest> of(Outcome outcome) {
        List<PairTest> tests = new ArrayList<>();
        for (Group group : Group.of(outcome)) {
            List<Summary> whole =
                    group.summaries().stream().filter(Summary::whole).toList();
            tests.addAll(tests(group, whole, outcome.experiment().reference()));
        }
        double[] adjusted =
                Holm.adjusted(tests.stream().mapToDouble(PairTest::probability).toArray());
        for (int i = 0; i < adjusted.length; i++) {
            tests.set(i, tests.get(i).adjusted(adjusted[i]));
        }
        return tests;
    }

    private static List<PairTest> tests(Group group, List<Summary> whole, String reference) {
        List<PairTest> tests = new ArrayList<>();
        if (whole.size() < 2) {
            return tests;
        }
        PairedBootstrap drawn =
                new PairedBootstrap(whole.stream().map(Summary::scores).toList(), DRAWINGS, 0);
        for (int i = 0; i < whole.size(); i++) {
            for (int j = i + 1; j < whole.size(); j++) {
                String first = whole.get(i).variant().name();
                String second = whole.get(j).variant().name();
                if (reference == null || first.equals(reference) || second.equals(reference)) {
                    tests.add(test(group, whole.get(i), whole.get(j), drawn.compare(i, j)));
                }
            }
        }
        return tests;
    }

    private static PairTest test(Group group, Summary first, Summary second, PairedBootstrap.Difference drawn) {
        boolean exact = first.runs().size() == 1 && rightOrWrong(first) && rightOrWrong(second);
        double probability = exact ? mcNemar(first.scores()[0], second.scores()[0]) : drawn.probability();
        return new PairTest(
                group.base(),
                group.data(),
                first.variant().name(),
                second.variant().name(),
                drawn.mean(),
                drawn.low(),
                drawn.high(),
                probability,
                probability,
                exact ? MC_NEMAR : BOOTSTRAP);
    }

    private static boolean rightOrWrong(Summary one) {
        return Arrays.stream(one.scores()[0]).allMatch(score -> score == 0 || score == 1);
    }

    private static double mcNemar(double[] first, double[] second) {
        int firstOnly = 0;
        int secondOnly = 0;
        for (int i = 0; i < first.length; i++) {
            firstOnly += first[i] > second[i] ? 1 : 0;
            secondOnly += second[i] > first[i] ? 1 : 0;
        }
        return McNemar.probability(firstOnly, secondOnly);
    }

    private PairTest adjusted(double among) {
        return new PairTest(base, data, first, second, difference, low, high, probability, among, test);
    }
}
