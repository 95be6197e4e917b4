package dev.graft.autograd;

import dev.graft.autograd.check.Seed;
import java.util.Arrays;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/** Activations, softmax and norms. */
class FunctionGradientTest {
    private final Random random = Seed.random("functions");

    private Input normal(long... shape) {
        return Input.normal(random, shape);
    }

    private void elementwise(String name, GradientCheck.Operation operation, DoubleUnaryOperator definition) {
        GradientCheck.check(
                name,
                operation,
                v -> Arrays.stream(v[0]).map(definition).toArray(),
                normal(5, 7).awayFromZero());
    }

    @Test
    void activations() {
        DoubleUnaryOperator sigmoid = x -> 1 / (1 + Math.exp(-x));
        DoubleUnaryOperator silu = x -> x * sigmoid.applyAsDouble(x);
        DoubleUnaryOperator tanhGelu =
                x -> 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
        elementwise("relu", v -> v[0].relu(), x -> Math.max(0, x));
        elementwise("tanh", v -> v[0].tanh(), Math::tanh);
        elementwise("silu", v -> v[0].silu(), silu);
        elementwise("swish", v -> v[0].activation("swish"), silu);
        elementwise("sigmoid", v -> v[0].activation("sigmoid"), sigmoid);
        elementwise("gelu_new", v -> v[0].activation("gelu_new"), tanhGelu);
        elementwise("gelu", v -> v[0].gelu(), x -> x * NormalDistribution.at(x));
    }

    @Test
    void gate() {
        GradientCheck.check(
                "gate",
                v -> v[0].gate(v[1]),
                v -> Naive.multiply(
                        Arrays.stream(v[0]).map(x -> x / (1 + Math.exp(-x))).toArray(), v[1]),
                normal(4, 5),
                normal(4, 5));
    }

    @Test
    void gatesOfOtherFunctions() {
        GradientCheck.Definition definition =
                v -> Naive.multiply(Arrays.stream(v[0]).map(x -> Math.max(0, x)).toArray(), v[1]);
        for (int trained = 1; trained < 4; trained++) {
            Input gate = normal(4, 5).awayFromZero();
            Input up = normal(4, 5);
            GradientCheck.check(
                    "relu gate, trained " + trained,
                    v -> v[0].gate("relu", v[1]),
                    definition,
                    (trained & 1) != 0 ? gate : gate.frozen(),
                    (trained & 2) != 0 ? up : up.frozen());
        }
    }

    @Test
    void rmsNormWithAnOffset() {
        GradientCheck.check(
                "rmsNorm, 1 + scale",
                v -> v[0].rmsNorm(v[1], 1, 0.125),
                v -> {
                    double[] squares = Naive.squares(v[0], 7);
                    double[] out = v[0].clone();
                    Arrays.setAll(out, i -> v[0][i] / Math.sqrt(squares[i / 7] / 7 + 0.125) * (1 + v[1][i % 7]));
                    return out;
                },
                normal(5, 7),
                normal(7));
    }

    @Test
    void softmax() {
        GradientCheck.check("softmax", v -> v[0].softmax(), v -> Naive.softmax(v[0], 7), normal(5, 7));
        GradientCheck.check("softmax 4-D", v -> v[0].softmax(), v -> Naive.softmax(v[0], 3), normal(2, 2, 3, 3));
    }

    @Test
    void layerNorm() {
        GradientCheck.Definition definition =
                v -> Naive.add(Naive.multiply(Naive.normal(v[0], 7, 0.125), v[1]), 1, v[2]);
        for (int trained = 1; trained < 8; trained++) {
            GradientCheck.check(
                    "layerNorm, trained " + trained,
                    v -> v[0].layerNorm(v[1], v[2], 0.125),
                    definition,
                    (trained & 1) != 0 ? normal(5, 7) : normal(5, 7).frozen(),
                    (trained & 2) != 0 ? normal(7) : normal(7).frozen(),
                    (trained & 4) != 0 ? normal(7) : normal(7).frozen());
        }
    }

    @Test
    void rmsNorm() {
        GradientCheck.Definition definition = v -> {
            double[] squares = Naive.squares(v[0], 7);
            double[] out = v[0].clone();
            Arrays.setAll(out, i -> v[0][i] / Math.sqrt(squares[i / 7] / 7 + 0.125) * v[1][i % 7]);
            return out;
        };
        GradientCheck.check("rmsNorm", v -> v[0].rmsNorm(v[1], 0.125), definition, normal(5, 7), normal(7));
        GradientCheck.check(
                "rmsNorm, frozen scale",
                v -> v[0].rmsNorm(v[1], 0.125),
                definition,
                normal(5, 7),
                normal(7).frozen());
        GradientCheck.check(
                "rmsNorm, frozen x",
                v -> v[0].rmsNorm(v[1], 0.125),
                definition,
                normal(5, 7).frozen(),
                normal(7));
    }

    @Test
    void rowNorm() {
        GradientCheck.check(
                "rowNorm",
                v -> v[0].rowNorm(),
                v -> Arrays.stream(Naive.squares(v[0], 7)).map(Math::sqrt).toArray(),
                normal(5, 7));
    }
}
