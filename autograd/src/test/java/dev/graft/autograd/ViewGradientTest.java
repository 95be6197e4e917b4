package dev.graft.autograd;

import dev.graft.autograd.check.Seed;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Other shapes, parts, and values put together. */
class ViewGradientTest {
    private final Random random = Seed.random("views");

    private Input normal(long... shape) {
        return Input.normal(random, shape);
    }

    @Test
    void reshapeAndTranspose() {
        GradientCheck.check("reshape", v -> v[0].reshape(2, 15), v -> v[0], normal(5, 6));
        GradientCheck.check("transpose", v -> v[0].transpose(), v -> Naive.transpose(v[0], 5, 6), normal(5, 6));
        GradientCheck.check("transpose 3-D", v -> v[0].transpose(), v -> Naive.transpose(v[0], 3, 4), normal(2, 3, 4));
        GradientCheck.check("transpose large", v -> v[0].transpose(), v -> Naive.transpose(v[0], 67, 3), normal(67, 3));
    }

    @Test
    void rowsAndColumns() {
        GradientCheck.check("rows", v -> v[0].rows(1, 3), v -> Arrays.copyOfRange(v[0], 7, 21), normal(5, 7));
        GradientCheck.check("all rows", v -> v[0].rows(0, 5), v -> v[0], normal(5, 7));
        GradientCheck.check("columns", v -> v[0].columns(2, 5), v -> columns(v[0], 7, 2, 5), normal(5, 7));
        GradientCheck.check("columns of one row", v -> v[0].columns(2, 5), v -> columns(v[0], 7, 2, 5), normal(1, 7));
        GradientCheck.check(
                "rows and columns that overlap",
                v -> v[0].rows(0, 3)
                        .add(v[0].rows(2, 5))
                        .columns(0, 4)
                        .add(v[0].rows(1, 4).columns(3, 7)),
                v -> Naive.add(
                        columns(Naive.add(Arrays.copyOf(v[0], 21), 1, Arrays.copyOfRange(v[0], 14, 35)), 7, 0, 4),
                        1,
                        columns(Arrays.copyOfRange(v[0], 7, 28), 7, 3, 7)),
                normal(5, 7));
    }

    private static double[] columns(double[] x, int width, int from, int to) {
        return IntStream.range(0, x.length)
                .filter(i -> i % width >= from && i % width < to)
                .mapToDouble(i -> x[i])
                .toArray();
    }

    @Test
    void concat() {
        GradientCheck.check(
                "concat",
                v -> Var.concat(v[0], v[1], v[0]),
                v -> IntStream.range(0, 3)
                        .boxed()
                        .flatMapToDouble(i -> Arrays.stream(v[i % 2]))
                        .toArray(),
                normal(2, 5),
                normal(3, 5));
        GradientCheck.check(
                "concat with frozen",
                v -> Var.concat(v[0], v[1]),
                v -> join(v),
                normal(2, 5).frozen(),
                normal(3, 5));
        GradientCheck.check(
                "concat with nothing", v -> Var.concat(v[0], v[1]), v -> join(v), normal(0, 5), normal(3, 5));
    }

    private static double[] join(double[]... parts) {
        return Arrays.stream(parts).flatMapToDouble(Arrays::stream).toArray();
    }

    @Test
    void gather() {
        int[] numbers = {3, 0, 3, 3, 1};
        GradientCheck.check("gather", v -> v[0].gather(numbers), v -> Naive.rows(v[0], 6, numbers), normal(5, 6));
    }

    @Test
    void mergeHeads() {
        GradientCheck.check(
                "mergeHeads",
                v -> v[0].mergeHeads(),
                v -> {
                    double[] out = v[0].clone();
                    Arrays.setAll(out, i -> v[0][(i / 4 % 3 * 5 + i / 12) * 4 + i % 4]);
                    return out;
                },
                normal(3, 5, 4));
    }

    @Test
    void meanOfSequences() {
        int[] starts = {1, 3, 6};
        int[] lengths = {2, 1, 3};
        GradientCheck.check(
                "mean",
                v -> v[0].mean(Sequences.at(starts, lengths)),
                v -> {
                    double[] out = new double[3 * 4];
                    for (int i = 0; i < out.length; i++) {
                        for (int t = 0; t < lengths[i / 4]; t++) {
                            out[i] += v[0][(starts[i / 4] + t) * 4 + i % 4] / lengths[i / 4];
                        }
                    }
                    return out;
                },
                normal(10, 4));
    }
}
