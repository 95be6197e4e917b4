package dev.graft.autograd;

import dev.graft.autograd.check.Seed;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Sums, differences, products and quotients, with rows and columns that are repeated. */
class ArithmeticGradientTest {
    private final Random random = Seed.random("arithmetic");

    private Input normal(long... shape) {
        return Input.normal(random, shape);
    }

    @Test
    void add() {
        GradientCheck.check("add", v -> v[0].add(v[1]), v -> Naive.add(v[0], 1, v[1]), normal(5, 7), normal(5, 7));
        GradientCheck.check(
                "add 3-D", v -> v[0].add(v[1]), v -> Naive.add(v[0], 1, v[1]), normal(2, 5, 7), normal(2, 5, 7));
    }

    @Test
    void addRow() {
        GradientCheck.Definition sum = v -> Naive.add(v[0], 1, v[1]);
        GradientCheck.check("add row", v -> v[0].add(v[1]), sum, normal(5, 7), normal(7));
        GradientCheck.check("add row [1, n]", v -> v[0].add(v[1]), sum, normal(5, 7), normal(1, 7));
        GradientCheck.check("add row to one row", v -> v[0].add(v[1]), sum, normal(1, 7), normal(7));
        GradientCheck.check("add row to one column", v -> v[0].add(v[1]), sum, normal(7, 1), normal(1));
        GradientCheck.check("add row to 3-D", v -> v[0].add(v[1]), sum, normal(2, 3, 7), normal(7));
    }

    @Test
    void subtract() {
        GradientCheck.check(
                "subtract", v -> v[0].subtract(v[1]), v -> Naive.add(v[0], -1, v[1]), normal(3, 4), normal(3, 4));
        GradientCheck.check(
                "subtract row", v -> v[0].subtract(v[1]), v -> Naive.add(v[0], -1, v[1]), normal(3, 4), normal(4));
    }

    @Test
    void multiply() {
        GradientCheck.Definition product = v -> Naive.multiply(v[0], v[1]);
        GradientCheck.check("multiply", v -> v[0].multiply(v[1]), product, normal(5, 7), normal(5, 7));
        GradientCheck.check("multiply row", v -> v[0].multiply(v[1]), product, normal(5, 7), normal(7));
        GradientCheck.check("multiply row [1, n]", v -> v[0].multiply(v[1]), product, normal(5, 7), normal(1, 7));
        GradientCheck.check("multiply one row by a row", v -> v[0].multiply(v[1]), product, normal(1, 7), normal(7));
        GradientCheck.check("multiply columns", v -> v[0].multiply(v[1]), product, normal(7, 1), normal(7, 1));
        GradientCheck.check(
                "multiply by frozen",
                v -> v[0].multiply(v[1]),
                product,
                normal(5, 7),
                normal(5, 7).frozen());
        GradientCheck.check(
                "frozen times row",
                v -> v[0].multiply(v[1]),
                product,
                normal(5, 7).frozen(),
                normal(7));
    }

    @Test
    void multiplyColumn() {
        GradientCheck.Definition product = v -> {
            double[] out = v[0].clone();
            Arrays.setAll(out, i -> v[0][i] * v[1][i / 7]);
            return out;
        };
        GradientCheck.check("multiply column", v -> v[0].multiply(v[1]), product, normal(5, 7), normal(5, 1));
        GradientCheck.check("multiply one row", v -> v[0].multiply(v[1]), product, normal(1, 7), normal(1, 1));
        GradientCheck.check(
                "frozen column",
                v -> v[0].multiply(v[1]),
                product,
                normal(5, 7),
                normal(5, 1).frozen());
        GradientCheck.check(
                "by column", v -> v[0].multiply(v[1]), product, normal(5, 7).frozen(), normal(5, 1));
    }

    @Test
    void numbers() {
        GradientCheck.check("scale", v -> v[0].multiply(-2.5), v -> Naive.add(v[0], -3.5, v[0]), normal(4, 5));
        GradientCheck.check(
                "reciprocal",
                v -> v[0].reciprocal(),
                v -> Arrays.stream(v[0]).map(x -> 1 / x).toArray(),
                normal(4, 5).awayFromZero());
        GradientCheck.check(
                "sum", v -> v[0].sum(), v -> new double[] {Arrays.stream(v[0]).sum()}, normal(3, 5));
    }
}
