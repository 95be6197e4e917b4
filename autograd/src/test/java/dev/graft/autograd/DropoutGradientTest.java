package dev.graft.autograd;

import dev.graft.autograd.check.Seed;
import dev.graft.autograd.kernel.MathMode;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Dropout with a fixed mask: the gradient is that of multiplying by the mask. */
class DropoutGradientTest {
    private static final CounterRandom MASK = new CounterRandom(5).with("site");

    private final Random random = Seed.random("dropout");

    /** What dropout makes of ones. */
    private static double[] mask(double probability, long... shape) {
        try (Compute compute = Compute.open(MathMode.FP32, 1);
                Tape tape = new Tape(compute, false)) {
            long size = 1;
            for (long extent : shape) {
                size *= extent;
            }
            float[] ones = new float[(int) size];
            java.util.Arrays.fill(ones, 1f);
            Var dropped = tape.constant(ones, shape).dropout(probability, MASK);
            float[] values = tape.value(dropped).toArray();
            double[] mask = new double[values.length];
            java.util.Arrays.setAll(mask, i -> values[i]);
            return mask;
        }
    }

    @Test
    void dropout() {
        double[] mask = mask(0.3, 9, 7);
        GradientCheck.check(
                "dropout", v -> v[0].dropout(0.3, MASK), v -> Naive.multiply(v[0], mask), Input.normal(random, 9, 7));
        GradientCheck.check("dropout 0", v -> v[0].dropout(0, MASK), v -> v[0], Input.normal(random, 9, 7));
    }

    @Test
    void behindALinearLayer() {
        double[] mask = mask(0.3, 9, 6);
        GradientCheck.check(
                "linear with dropout and residual",
                v -> v[0].linear(v[1], v[2], v[3], 0.3, MASK),
                v -> Naive.add(Naive.multiply(Naive.add(Naive.linear(v[0], v[1], 7), 1, v[2]), mask), 1, v[3]),
                Input.normal(random, 9, 7),
                Input.normal(random, 6, 7),
                Input.normal(random, 6),
                Input.normal(random, 9, 6));
    }

    @Test
    void inAFeedForwardLayer() {
        for (int rows : new int[] {1, 9, 515}) {
            double[] mask = mask(0.3, rows, 3);
            GradientCheck.check(
                    "feed-forward with dropout, rows " + rows,
                    v -> v[0].feedForward(new Var[] {v[1], v[2]}, new Var[] {v[3], null}, "tanh", v[4], 0.3, MASK),
                    v -> {
                        double[] inner = Naive.add(Naive.linear(v[0], v[1], 2), 1, v[2]);
                        java.util.Arrays.setAll(inner, i -> Math.tanh(inner[i]));
                        return Naive.add(Naive.multiply(Naive.linear(inner, v[3], 5), mask), 1, v[4]);
                    },
                    Input.normal(random, rows, 2),
                    Input.normal(random, 5, 2).frozen(),
                    Input.normal(random, 5).frozen(),
                    Input.normal(random, 3, 5).frozen(),
                    Input.normal(random, rows, 3));
        }
    }

    @Test
    void withResidual() {
        double[] mask = mask(0.3, 9, 7);
        GradientCheck.Definition definition = v -> Naive.add(Naive.multiply(v[0], mask), 1, v[1]);
        for (int trained = 1; trained < 4; trained++) {
            Input x = Input.normal(random, 9, 7);
            Input residual = Input.normal(random, 9, 7);
            GradientCheck.check(
                    "dropout with residual, trained " + trained,
                    v -> v[0].dropout(0.3, MASK, v[1]),
                    definition,
                    (trained & 1) != 0 ? x : x.frozen(),
                    (trained & 2) != 0 ? residual : residual.frozen());
        }
        GradientCheck.check(
                "dropout 0 with residual",
                v -> v[0].dropout(0, MASK, v[1]),
                v -> Naive.add(v[0], 1, v[1]),
                Input.normal(random, 9, 7),
                Input.normal(random, 9, 7));
        GradientCheck.check(
                "dropout with itself",
                v -> v[0].dropout(0.3, MASK, v[0]),
                v -> Naive.add(Naive.multiply(v[0], mask), 1, v[0]),
                Input.normal(random, 9, 7));
    }
}
