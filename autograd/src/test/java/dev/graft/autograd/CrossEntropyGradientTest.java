package dev.graft.autograd;

import static dev.graft.autograd.CrossEntropy.IGNORED;

import dev.graft.autograd.check.Seed;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Cross entropy of logits, and of a projection that is never whole in memory. */
class CrossEntropyGradientTest {
    private final Random random = Seed.random("cross entropy");

    private static double loss(double[] logits, int[] labels, double scale) {
        double sum = 0;
        for (int i = 0; i < labels.length; i++) {
            int classes = logits.length / labels.length;
            double[] row = Arrays.copyOfRange(logits, i * classes, (i + 1) * classes);
            double largest = Arrays.stream(row).max().orElseThrow();
            double log =
                    Math.log(Arrays.stream(row).map(x -> Math.exp(x - largest)).sum());
            sum += labels[i] == IGNORED ? 0 : largest + log - row[labels[i]];
        }
        return scale * sum;
    }

    private int[] labels(int rows, int classes) {
        int[] labels = new int[rows];
        for (int i = 0; i < rows; i++) {
            labels[i] = random.nextInt(4) == 0 ? IGNORED : random.nextInt(classes);
        }
        labels[rows - 1] = classes - 1;
        return labels;
    }

    @Test
    void ofLogits() {
        for (int[] labels : new int[][] {{2, 0, 1, 1}, {2, IGNORED, 0, IGNORED}, labels(5, 3)}) {
            GradientCheck.check(
                    "cross entropy",
                    v -> CrossEntropy.apply(v[0], labels, 0.25),
                    v -> new double[] {loss(v[0], labels, 0.25)},
                    Input.normal(random, labels.length, 3));
        }
    }

    @Test
    void ofLinear() {
        for (int trained = 1; trained < 4; trained++) {
            int[] labels = labels(6, 5);
            Input x = Input.normal(random, 6, 3);
            Input weight = Input.normal(random, 5, 3);
            GradientCheck.check(
                    "of linear, trained " + trained,
                    v -> CrossEntropy.ofLinear(v[0], v[1], labels, 0.5),
                    v -> new double[] {loss(Naive.linear(v[0], v[1], 3), labels, 0.5)},
                    (trained & 1) != 0 ? x : x.frozen(),
                    (trained & 2) != 0 ? weight : weight.frozen());
        }
    }

    @Test
    void overTheBoundaryOfAChunk() {
        int[] labels = labels(515, 3);
        labels[255] = 1;
        labels[256] = 2;
        GradientCheck.check(
                "of linear, 515 rows",
                v -> CrossEntropy.ofLinear(v[0], v[1], labels, 1.0 / 515),
                v -> new double[] {loss(Naive.linear(v[0], v[1], 2), labels, 1.0 / 515)},
                Input.normal(random, 515, 2),
                Input.normal(random, 3, 2));
    }

    @Test
    void nothingLabelled() {
        int[] none = {IGNORED, IGNORED};
        GradientCheck.check(
                "all ignored",
                v -> CrossEntropy.ofLinear(v[0], v[1], none, 1).add(CrossEntropy.apply(v[0], none, 1)),
                v -> new double[1],
                Input.normal(random, 2, 3),
                Input.normal(random, 4, 3));
        GradientCheck.check(
                "no rows",
                v -> CrossEntropy.ofLinear(v[0], v[1], new int[0], 1).add(CrossEntropy.apply(v[0], new int[0], 1)),
                v -> new double[1],
                Input.normal(random, 0, 3),
                Input.normal(random, 4, 3));
    }

    @Test
    void largeLogitsNeitherOverflowNorVanish() {
        int[] labels = {0, 1, 1};
        GradientCheck.check(
                "large",
                v -> CrossEntropy.apply(v[0], labels, 1),
                v -> new double[] {loss(v[0], labels, 1)},
                new Input(new double[] {1000, 1040, 60, 0, -3000, 0}, new long[] {3, 2}, true));
    }

    @Test
    void aProbabilityThatVanishesIsComputedAgain() {
        int[] labels = {1, IGNORED, 0};
        Input x = new Input(new double[] {100, 3, -100}, new long[] {3, 1}, true);
        Input weight = new Input(new double[] {10, -10, 1}, new long[] {3, 1}, false);
        GradientCheck.check(
                "of linear, improbable",
                v -> CrossEntropy.ofLinear(v[0], v[1], labels, 0.5),
                v -> new double[] {loss(Naive.linear(v[0], v[1], 1), labels, 0.5)},
                x,
                weight);
        GradientCheck.check(
                "of linear, improbable and capped",
                v -> CrossEntropy.ofLinear(v[0], v[1], null, labels, 0.5, 500),
                v -> new double[] {
                    loss(
                            Arrays.stream(Naive.linear(v[0], v[1], 1))
                                    .map(l -> 500 * Math.tanh(l / 500))
                                    .toArray(),
                            labels,
                            0.5)
                },
                x,
                weight);
    }
}
