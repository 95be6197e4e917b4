package dev.graft.autograd.kernel;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.autograd.check.Close;
import dev.graft.autograd.check.Seed;
import dev.graft.autograd.check.Strided;
import dev.graft.autograd.check.Strided.Layout;
import dev.graft.autograd.memory.Arena;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Softmax and its gradient: odd sizes, slices, in place, masked with minus infinity. */
class SoftmaxTest {
    private static final long[][] SHAPES = {
        {1, 1}, {1, 7}, {5, 2}, {31, 17}, {3, 65}, {2, 3, 1, 4}, {2, 3, 7, 33}, {1, 2, 16, 128}, {300, 1025}
    };

    @ParameterizedTest
    @MethodSource("dev.graft.autograd.kernel.KernelsSource#fp32")
    void everyShapeAndLayout(Kernels kernels) {
        Random random = Seed.random("softmax");
        try (kernels) {
            for (long[] shape : SHAPES) {
                for (Layout layout : new Layout[] {Layout.DENSE, Layout.SLICED}) {
                    check(kernels, random, shape, layout, 0);
                    check(kernels, random, shape, layout, 0.5);
                }
            }
        }
    }

    /** Masks some elements of each row, never the first. */
    private static void check(Kernels kernels, Random random, long[] shape, Layout layout, double masked) {
        int width = (int) shape[shape.length - 1];
        try (Arena arena = new Arena()) {
            Strided x = Strided.of(arena, layout, shape);
            float[] values = Seed.normal(random, x.tensor().length());
            for (int i = 0; i < values.length; i++) {
                values[i] = i % width > 0 && random.nextDouble() < masked ? Float.NEGATIVE_INFINITY : 5 * values[i];
            }
            x.set(values);
            Strided y = Strided.of(arena, layout, shape);
            kernels.softmax(x.tensor(), y.tensor());
            String what = kernels.name() + Arrays.toString(shape) + layout;
            double[] expected = Oracle.softmax(x.values(), width);
            Close.assertClose(expected, y.values(), Close.FP32, what);
            assertTrue(y.surroundingsUntouched(), what);
            kernels.softmax(x.tensor(), x.tensor());
            Close.assertClose(expected, x.values(), Close.FP32, what + " in place");
            assertTrue(x.surroundingsUntouched(), what);

            Strided dy = Strided.of(arena, layout, shape).random(random);
            Strided dx = Strided.of(arena, layout, shape);
            expected = Oracle.softmaxBackward(y.values(), dy.values(), width);
            kernels.softmaxBackward(y.tensor(), dy.tensor(), dx.tensor());
            double allowed = Close.FP32 * Close.largestProduct(y.values(), dy.values());
            Close.assertWithin(expected, dx.values(), allowed, what + " backward");
            assertTrue(dx.surroundingsUntouched(), what);
            kernels.softmaxBackward(y.tensor(), dy.tensor(), dy.tensor());
            Close.assertWithin(expected, dy.values(), allowed, what + " backward in place");
        }
    }
}
