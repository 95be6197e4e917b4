package dev.graft.autograd;

import dev.graft.autograd.check.Seed;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** How gradients meet: values used several times, shared gradients, parts cut off. */
class GraphGradientTest {
    private final Random random = Seed.random("graph");

    private Input normal(long... shape) {
        return Input.normal(random, shape);
    }

    @Test
    void aValueUsedTwice() {
        GradientCheck.check("x + x", v -> v[0].add(v[0]), v -> Naive.add(v[0], 1, v[0]), normal(3, 4));
        GradientCheck.check("x * x", v -> v[0].multiply(v[0]), v -> Naive.multiply(v[0], v[0]), normal(3, 4));
        GradientCheck.check("x - x", v -> v[0].subtract(v[0]).add(v[0]), v -> v[0], normal(3, 4));
        GradientCheck.check("x xᵀ", v -> v[0].matmul(v[0].transpose()), v -> Naive.linear(v[0], v[0], 4), normal(3, 4));
        GradientCheck.check("x linear x", v -> v[0].linear(v[0], null), v -> Naive.linear(v[0], v[0], 4), normal(3, 4));
        GradientCheck.check(
                "x W + x",
                v -> v[0].linear(v[1], null, v[0]),
                v -> Naive.add(Naive.linear(v[0], v[1], 4), 1, v[0]),
                normal(3, 4),
                normal(4, 4));
        GradientCheck.check(
                "y + s y yᵀ",
                v -> v[0].addProduct(v[0], v[0], 0.5),
                v -> Naive.add(v[0], 0.5, Naive.linear(v[0], v[0], 4)),
                normal(4, 4));
    }

    @Test
    void sharedGradientsArePrivateWhereTheyAreAddedTo() {
        // x, y and z share the gradient of the sum; then x and y get more, and z must not
        GradientCheck.check(
                "shared",
                v -> {
                    Var more = v[0].multiply(3).add(v[1].multiply(v[1]));
                    return v[0].add(v[1]).add(v[2]).add(more);
                },
                v -> Naive.add(
                        Naive.add(Naive.add(v[0], 1, v[1]), 1, v[2]),
                        1,
                        Naive.add(Naive.multiply(v[1], v[1]), 3, v[0])),
                normal(3, 4),
                normal(3, 4),
                normal(3, 4));
        GradientCheck.check(
                "shared through a reshape",
                v -> v[0].reshape(4, 3).reshape(12).reshape(3, 4).add(v[0]).add(v[0].reshape(3, 4)),
                v -> Naive.add(v[0], 2, v[0]),
                normal(3, 4));
        GradientCheck.check(
                "residual stream",
                v -> {
                    Var x = v[0];
                    for (int i = 0; i < 4; i++) {
                        x = x.linear(v[1], v[2], x);
                    }
                    return x;
                },
                v -> {
                    double[] x = v[0];
                    for (int i = 0; i < 4; i++) {
                        x = Naive.add(Naive.add(Naive.linear(x, v[1], 4), 1, v[2]), 1, x);
                    }
                    return x;
                },
                normal(3, 4),
                normal(4, 4),
                normal(4));
    }

    @Test
    void detachCutsTheGradientOff() {
        GradientCheck.check(
                "detach",
                v -> v[0].multiply(v[1].detach()),
                v -> Naive.multiply(v[0], v[1]),
                normal(3, 4),
                normal(3, 4).frozen());
        double[][] fixed = new double[1][];
        GradientCheck.check(
                "half detached",
                v -> v[0].multiply(v[0].detach()),
                v -> {
                    fixed[0] = fixed[0] == null ? v[0].clone() : fixed[0];
                    return Naive.multiply(v[0], fixed[0]);
                },
                normal(3, 4));
    }

    @Test
    void aPartOfTheInputsMayNotMatter() {
        GradientCheck.check(
                "first row only", v -> v[0].rows(0, 1), v -> java.util.Arrays.copyOf(v[0], 4), normal(3, 4), normal(2));
    }

    @Test
    void lowRankUpdate() {
        GradientCheck.check(
                "W x + B A x with a gate",
                v -> v[0].linear(v[1], null)
                        .addProduct(v[0].linear(v[2], null), v[3], 2)
                        .gelu()
                        .multiply(v[4])
                        .multiply(0.1) // a softmax near 0 and 1 has gradients that fp32 cannot tell from none
                        .softmax(),
                v -> {
                    double[] low = Naive.linear(v[0], v[2], 5);
                    double[] y = Naive.add(Naive.linear(v[0], v[1], 5), 2, Naive.linear(low, v[3], 2));
                    double[] gelu = y.clone();
                    java.util.Arrays.setAll(gelu, i -> 0.1 * y[i] * NormalDistribution.at(y[i]));
                    return Naive.softmax(Naive.multiply(gelu, v[4]), 6);
                },
                normal(4, 5),
                normal(6, 5).frozen(),
                normal(2, 5),
                normal(6, 2),
                normal(6));
    }
}
