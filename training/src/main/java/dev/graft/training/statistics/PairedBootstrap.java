package dev.graft.training.statistics;

import dev.graft.autograd.CounterRandom;
import java.util.Arrays;
import java.util.List;

/**
 * The paired bootstrap (Efron and Tibshirani 1993, chapter 16; Koehn 2004 for texts): rows and seeds are drawn with
 * replacement, the same for every method, and the methods' means are compared in each drawing.
 *
 * <p>Both are drawn because both are chance: which rows the test has, and which seeds were run. With few seeds their
 * part is estimated too small, by (n - 1) / n of the variance.
 */
public final class PairedBootstrap {
    private static final double TAIL = 0.025;

    /** Mean of each method in each drawing: [methods][drawings]. */
    private final double[][] means;

    private final double[] actual;

    /**
     * Draws.
     *
     * @param scores of each method: [seeds][rows], the same seeds and rows for all
     * @param drawings how often
     * @param seed of the drawings
     */
    public PairedBootstrap(List<double[][]> scores, int drawings, long seed) {
        if (scores.isEmpty() || drawings < 1) {
            throw new IllegalArgumentException(
                    scores.size() + " methods and " + drawings + " drawings; allowed: at least one of each");
        }
        int seeds = scores.get(0).length;
        int rows = scores.get(0)[0].length;
        for (double[][] one : scores) {
            if (one.length != seeds || Arrays.stream(one).anyMatch(run -> run.length != rows)) {
                throw new IllegalArgumentException("methods have other seeds or rows than the first: " + seeds
                        + " seeds of " + rows + " rows are needed");
            }
        }
        means = new double[scores.size()][drawings];
        actual = scores.stream().mapToDouble(PairedBootstrap::mean).toArray();
        CounterRandom random = new CounterRandom(seed).with("bootstrap");
        for (int i = 0; i < drawings; i++) {
            draw(scores, random.with(i), i, seeds, rows);
        }
    }

    private void draw(List<double[][]> scores, CounterRandom random, int drawing, int seeds, int rows) {
        CounterRandom chosen = random.with("rows");
        int[] drawn = new int[rows];
        for (int row = 0; row < rows; row++) {
            drawn[row] = chosen.below(rows, row);
        }
        CounterRandom runs = random.with("seeds");
        for (int k = 0; k < seeds; k++) {
            int run = runs.below(seeds, k);
            for (int method = 0; method < means.length; method++) {
                double[] own = scores.get(method)[run];
                double sum = 0;
                for (int row : drawn) {
                    sum += own[row];
                }
                means[method][drawing] += sum / rows / seeds;
            }
        }
    }

    private static double mean(double[][] scores) {
        double sum = 0;
        for (double[] run : scores) {
            sum += Arrays.stream(run).sum() / run.length;
        }
        return sum / scores.length;
    }

    /**
     * A difference of means.
     *
     * @param mean of the first less that of the second
     * @param low end of the interval that holds 95 of 100 drawings
     * @param high end of it
     * @param probability of a difference at least as large on either side, where there is none
     */
    public record Difference(double mean, double low, double high, double probability) {}

    /** Compares two methods by their number. */
    public Difference compare(int first, int second) {
        int drawings = means[first].length;
        double[] differences = new double[drawings];
        Arrays.setAll(differences, i -> means[first][i] - means[second][i]);
        Arrays.sort(differences);
        long below = Arrays.stream(differences).filter(d -> d <= 0).count();
        long above = Arrays.stream(differences).filter(d -> d >= 0).count();
        double probability = Math.min(1, 2.0 * (1 + Math.min(below, above)) / (1 + drawings));
        return new Difference(
                actual[first] - actual[second],
                differences[(int) Math.floor(TAIL * (drawings - 1))],
                differences[(int) Math.ceil((1 - TAIL) * (drawings - 1))],
                probability);
    }
}
