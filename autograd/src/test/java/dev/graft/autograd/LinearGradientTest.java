package dev.graft.autograd;

import dev.graft.autograd.check.Seed;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Products with weights, and between values. */
class LinearGradientTest {
    private final Random random = Seed.random("linear");

    private Input normal(long... shape) {
        return Input.normal(random, shape);
    }

    @Test
    void linear() {
        GradientCheck.check(
                "linear", v -> v[0].linear(v[1], null), v -> Naive.linear(v[0], v[1], 5), normal(4, 5), normal(3, 5));
        GradientCheck.check(
                "linear with bias",
                v -> v[0].linear(v[1], v[2]),
                v -> Naive.add(Naive.linear(v[0], v[1], 5), 1, v[2]),
                normal(4, 5),
                normal(3, 5),
                normal(3));
        GradientCheck.check(
                "linear with residual",
                v -> v[0].linear(v[1], v[2], v[3]),
                v -> Naive.add(Naive.add(Naive.linear(v[0], v[1], 5), 1, v[2]), 1, v[3]),
                normal(4, 5),
                normal(3, 5),
                normal(3),
                normal(4, 3));
    }

    @Test
    void linearWithFrozenParts() {
        GradientCheck.Definition definition = v -> Naive.add(Naive.linear(v[0], v[1], 33), 1, v[2]);
        for (int trained = 1; trained < 8; trained++) {
            GradientCheck.check(
                    "linear, trained " + trained,
                    v -> v[0].linear(v[1], v[2]),
                    definition,
                    part(trained & 1, 3, 33),
                    part(trained & 2, 35, 33),
                    part(trained & 4, 35));
        }
    }

    private Input part(int trained, long... shape) {
        return trained != 0 ? normal(shape) : normal(shape).frozen();
    }

    @Test
    void addProduct() {
        GradientCheck.check(
                "addProduct",
                v -> v[0].addProduct(v[1], v[2], 0.375),
                v -> Naive.add(v[0], 0.375, Naive.linear(v[1], v[2], 2)),
                normal(4, 5),
                normal(4, 2),
                normal(5, 2));
    }

    @Test
    void matmul() {
        GradientCheck.check(
                "matmul", v -> v[0].matmul(v[1]), v -> Naive.product(v[0], v[1], 4, 5, 3), normal(4, 5), normal(5, 3));
        GradientCheck.check(
                "matmul 3-D",
                v -> v[0].matmul(v[1]),
                v -> Naive.product(v[0], v[1], 4, 5, 3),
                normal(2, 4, 5),
                normal(2, 5, 3));
        GradientCheck.check(
                "matmul 4-D",
                v -> v[0].matmul(v[1]),
                v -> Naive.product(v[0], v[1], 3, 2, 3),
                normal(2, 3, 3, 2),
                normal(2, 3, 2, 3));
        GradientCheck.check(
                "matmul one term",
                v -> v[0].matmul(v[1]),
                v -> Naive.product(v[0], v[1], 3, 1, 3),
                normal(2, 3, 1),
                normal(2, 1, 3));
    }
}
