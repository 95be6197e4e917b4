package dev.graft.autograd.kernel;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.autograd.check.Seed;
import dev.graft.autograd.check.Strided;
import dev.graft.autograd.check.Strided.Layout;
import dev.graft.autograd.memory.Arena;
import dev.graft.autograd.memory.Storage;
import dev.graft.autograd.memory.Tensor;
import dev.graft.autograd.memory.Tiles;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Products with bf16 math. The bar: factors have 8 significant bits, so that each product of two is off by less than
 * 2^-7 of its size, and a sum of them by less than 2^-7 of the sum of their sizes.
 */
class Bf16Test {
    private static final long[] SIZES = {1, 2, 3, 7, 17, 31, 33, 65, 128};
    private static final double BAR = 1 / 128.0;

    @Test
    void productsStayWithinTheBar() {
        Random random = Seed.random("bf16");
        KernelProvider.threads(1);
        try (Kernels kernels = KernelProvider.oneDnn(MathMode.BF16)) {
            for (int i = 0; i < 300; i++) {
                long batch = 1L + random.nextInt(4);
                long heads = 1L + random.nextInt(3);
                long m = random.nextInt(4) == 0 ? batch : SIZES[random.nextInt(SIZES.length)];
                long k = random.nextInt(4) == 0 ? batch : SIZES[random.nextInt(SIZES.length)];
                long n = SIZES[random.nextInt(SIZES.length)];
                check(kernels, random, new long[] {batch, heads, m, k}, new long[] {batch, heads, k, n});
            }
        }
    }

    @Test
    void frozenWeightsStayWithinTheBar() {
        Random random = Seed.random("frozen bf16");
        KernelProvider.threads(1);
        try (Kernels kernels = KernelProvider.oneDnn(MathMode.BF16);
                Storage memory = Storage.allocate(200 * 129);
                Storage frozen = memory.frozen()) {
            Tiles.write(Seed.normal(random, memory.floats()), Tensor.over(memory, 0, memory.floats()));
            for (int i = 0; i < 100; i++) {
                Tensor weight =
                        Tensor.over(frozen, random.nextInt(100), 32 + random.nextInt(90), 32 + random.nextInt(90));
                Strided b = Strided.over(random.nextBoolean() ? weight : weight.transposed());
                check(
                        kernels,
                        random,
                        new long[] {
                            SIZES[random.nextInt(SIZES.length)], b.tensor().size(0)
                        },
                        b);
            }
        }
    }

    private static void check(Kernels kernels, Random random, long[] left, long[] right) {
        try (Arena arena = new Arena()) {
            Layout layout = Layout.values()[random.nextInt(4)];
            check(kernels, random, left, Strided.of(arena, layout, right).random(random));
        }
    }

    private static void check(Kernels kernels, Random random, long[] left, Strided b) {
        Layout[] layouts = Layout.values();
        try (Arena arena = new Arena()) {
            long[] shape = left.clone();
            shape[shape.length - 1] = b.tensor().size(-1);
            Strided a = Strided.of(arena, layouts[random.nextInt(4)], left).random(random);
            Strided out = Strided.of(arena, layouts[random.nextInt(4)], shape);
            double[] expected = Oracle.product(a, b, null, 1, null, null);
            kernels.product(a.tensor(), b.tensor(), out.tensor(), Epilogue.NONE);
            double[] actual = out.values();
            double[] sizes = Oracle.product(absolute(arena, a), absolute(arena, b), null, 1, null, null);
            for (int i = 0; i < actual.length; i++) {
                assertTrue(
                        Math.abs(actual[i] - expected[i]) <= BAR * sizes[i],
                        Arrays.toString(left) + Arrays.toString(shape) + " element " + i + ": " + actual[i] + " for "
                                + expected[i] + ", -Dgraft.test.seed=" + Seed.VALUE);
            }
        }
    }

    private static Strided absolute(Arena arena, Strided x) {
        double[] values = x.values();
        float[] sizes = new float[values.length];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = (float) Math.abs(values[i]);
        }
        return Strided.of(arena, Layout.DENSE, x.tensor().shape()).set(sizes);
    }
}
