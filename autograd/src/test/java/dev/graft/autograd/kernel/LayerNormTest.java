package dev.graft.autograd.kernel;

import dev.graft.autograd.check.Close;
import dev.graft.autograd.check.Seed;
import dev.graft.autograd.check.Strided;
import dev.graft.autograd.check.Strided.Layout;
import dev.graft.autograd.memory.Arena;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Layer normalisation and its three gradients, against the definition in double precision. */
class LayerNormTest {
    private static final int[] ROWS = {1, 2, 7, 33, 200};
    private static final int[] WIDTHS = {3, 17, 31, 64, 65, 384};
    private static final float EPSILON = 1e-5f;

    @ParameterizedTest
    @MethodSource("dev.graft.autograd.kernel.KernelsSource#fp32")
    void valuesAndGradients(Kernels kernels) {
        Random random = Seed.random("layer norm");
        try (kernels) {
            for (int rows : ROWS) {
                for (int width : WIDTHS) {
                    check(kernels, random, rows, width);
                }
            }
        }
    }

    private static void check(Kernels kernels, Random random, int rows, int width) {
        try (Arena arena = new Arena()) {
            Strided x = Strided.of(arena, Layout.DENSE, rows, width).set(values(random, rows, width));
            Strided scale = Strided.of(arena, Layout.DENSE, width).random(random);
            Strided shift = Strided.of(arena, Layout.DENSE, width).random(random);
            Strided out = Strided.of(arena, Layout.DENSE, rows, width);
            Strided mean = Strided.of(arena, Layout.DENSE, rows);
            Strided variance = Strided.of(arena, Layout.DENSE, rows);
            Strided dy = Strided.of(arena, Layout.DENSE, rows, width).random(random);
            Strided dx = Strided.of(arena, Layout.DENSE, rows, width);
            Strided dScale = Strided.of(arena, Layout.DENSE, width);
            Strided dShift = Strided.of(arena, Layout.DENSE, width);
            Norm expected = new Norm(x.values(), scale.values(), shift.values(), dy.values(), rows, width);
            kernels.layerNorm(
                    x.tensor(),
                    scale.tensor(),
                    shift.tensor(),
                    EPSILON,
                    out.tensor(),
                    mean.tensor(),
                    variance.tensor());
            kernels.layerNormBackward(
                    x.tensor(),
                    mean.tensor(),
                    variance.tensor(),
                    scale.tensor(),
                    EPSILON,
                    dy.tensor(),
                    dx.tensor(),
                    dScale.tensor(),
                    dShift.tensor());
            String what = kernels.name() + " [" + rows + ", " + width + "]";
            Close.assertClose(expected.out, out.values(), Close.FP32, what);
            Close.assertWithin(expected.dx, dx.values(), Close.FP32 * expected.largestTerm, what + " dx");
            Close.assertWithin(
                    expected.dScale, dScale.values(), Close.FP32 * expected.largestOfScale, what + " dScale");
            Close.assertClose(expected.dShift, dShift.values(), Close.FP32, what + " dShift");
        }
    }

    /** No row is nearly constant, which fp32 could not normalise. */
    private static float[] values(Random random, int rows, int width) {
        float[] values = Seed.normal(random, (long) rows * width);
        for (int i = 0; i < values.length; i++) {
            values[i] += 3 * (i % width % 2);
        }
        return values;
    }

    /** The definition: dx = (g - mean(g) - n * mean(g * n)) / deviation, where n is the normal row and g = dy * scale. */
    private static final class Norm {
        final double[] out;
        final double[] dx;
        final double[] dScale;
        final double[] dShift;
        double largestTerm;
        /** What dScale is summed from: where it cancels, the sum is as exact as its terms. */
        double largestOfScale;

        Norm(double[] x, double[] scale, double[] shift, double[] dy, int rows, int width) {
            out = new double[rows * width];
            dx = new double[rows * width];
            dScale = new double[width];
            dShift = new double[width];
            for (int at = 0; at < x.length; at += width) {
                double mean = 0;
                double square = 0;
                for (int j = 0; j < width; j++) {
                    mean += x[at + j] / width;
                }
                for (int j = 0; j < width; j++) {
                    square += (x[at + j] - mean) * (x[at + j] - mean) / width;
                }
                double deviation = Math.sqrt(square + EPSILON);
                double g = 0;
                double along = 0;
                for (int j = 0; j < width; j++) {
                    double normal = (x[at + j] - mean) / deviation;
                    out[at + j] = normal * scale[j] + shift[j];
                    dScale[j] += dy[at + j] * normal;
                    dShift[j] += dy[at + j];
                    largestOfScale = Math.max(largestOfScale, Math.abs(dy[at + j] * normal));
                    g += dy[at + j] * scale[j] / width;
                    along += dy[at + j] * scale[j] * normal / width;
                }
                for (int j = 0; j < width; j++) {
                    largestTerm = Math.max(largestTerm, Math.abs(dy[at + j] * scale[j] / deviation));
                    dx[at + j] = (dy[at + j] * scale[j] - g - (x[at + j] - mean) / deviation * along) / deviation;
                }
            }
        }
    }
}
