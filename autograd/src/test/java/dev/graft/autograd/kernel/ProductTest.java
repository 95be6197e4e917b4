package dev.graft.autograd.kernel;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.autograd.check.Close;
import dev.graft.autograd.check.Seed;
import dev.graft.autograd.check.Strided;
import dev.graft.autograd.check.Strided.Layout;
import dev.graft.autograd.memory.Arena;
import dev.graft.autograd.memory.Storage;
import dev.graft.autograd.memory.Tensor;
import dev.graft.autograd.memory.Tiles;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Matrix products: all sizes, layouts and epilogues. */
class ProductTest {
    private static final long[] SIZES = {1, 2, 3, 7, 17, 31, 33, 65};
    private static final Layout[] FLAT = {Layout.DENSE, Layout.TRANSPOSED, Layout.SLICED};

    @ParameterizedTest
    @MethodSource("dev.graft.autograd.kernel.KernelsSource#fp32")
    void matricesOfEverySize(Kernels kernels) {
        Random random = Seed.random("matrices");
        try (kernels) {
            for (long m : SIZES) {
                for (long k : SIZES) {
                    for (long n : SIZES) {
                        check(kernels, random, FLAT, new long[] {m, k}, new long[] {k, n}, new long[] {1, n});
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.graft.autograd.kernel.KernelsSource#fp32")
    void headsAsStrides(Kernels kernels) {
        Random random = Seed.random("heads");
        try (kernels) {
            for (int i = 0; i < 150; i++) {
                long batch = SIZES[random.nextInt(4)];
                long heads = SIZES[random.nextInt(4)];
                long m = random.nextInt(4) == 0 ? batch : pick(random);
                long k = random.nextInt(4) == 0 ? batch : pick(random);
                long n = pick(random);
                check(
                        kernels,
                        random,
                        Layout.values(),
                        new long[] {batch, heads, m, k},
                        new long[] {batch, heads, k, n},
                        new long[] {1, 1, m, n});
            }
        }
    }

    /** Frozen weights take a path of their own in oneDNN: they are packed. */
    @ParameterizedTest
    @MethodSource("dev.graft.autograd.kernel.KernelsSource#fp32")
    void frozenWeights(Kernels kernels) {
        Random random = Seed.random("frozen");
        long[] sizes = {31, 32, 33, 65, 96, 129};
        try (kernels;
                Storage memory = Storage.allocate(2 * 129 * 129);
                Storage frozen = memory.frozen()) {
            Tiles.write(Seed.normal(random, memory.floats()), Tensor.over(memory, 0, memory.floats()));
            for (int i = 0; i < 150; i++) {
                long in = sizes[random.nextInt(sizes.length)];
                long out = sizes[random.nextInt(sizes.length)];
                Tensor weight = Tensor.over(frozen, random.nextInt(129), out, in);
                Strided b = Strided.over(random.nextBoolean() ? weight : weight.transposed());
                long k = b.tensor().size(0);
                long n = b.tensor().size(1);
                check(kernels, random, FLAT, new long[] {pick(random), k}, b, new long[] {1, n});
            }
        }
    }

    private static long pick(Random random) {
        return SIZES[random.nextInt(SIZES.length)];
    }

    /** One product with layouts and epilogue drawn at random; repeated is the shape of an addend that is repeated. */
    private static void check(
            Kernels kernels, Random random, Layout[] layouts, long[] left, long[] right, long[] repeated) {
        try (Arena arena = new Arena()) {
            Strided b = Strided.of(arena, any(random, layouts), right).random(random);
            check(kernels, random, layouts, left, b, repeated);
        }
    }

    private static void check(
            Kernels kernels, Random random, Layout[] layouts, long[] left, Strided b, long[] repeated) {
        long[] shape = left.clone();
        shape[shape.length - 1] = b.tensor().size(-1);
        try (Arena arena = new Arena()) {
            Strided a = Strided.of(arena, any(random, layouts), left).random(random);
            Strided out = Strided.of(arena, any(random, layouts), shape).random(random);
            Strided bias = random.nextBoolean()
                    ? Strided.of(arena, Layout.DENSE, shape[shape.length - 1]).random(random)
                    : null;
            Strided addend = random.nextBoolean()
                    ? Strided.of(arena, Layout.DENSE, random.nextBoolean() ? shape : repeated)
                            .random(random)
                    : null;
            float scale = random.nextBoolean() ? 1f : 0.37f;
            boolean accumulate = random.nextInt(3) == 0;
            Epilogue epilogue = new Epilogue(
                    bias == null ? null : bias.tensor(), scale, addend == null ? null : addend.tensor(), accumulate);
            double[] before = accumulate ? out.values() : null;
            double[] expected = Oracle.product(a, b, bias, scale, addend, before);
            double allowed = Close.FP32 * Oracle.magnitude(a, b, bias, scale, addend, before);
            kernels.product(a.tensor(), b.tensor(), out.tensor(), epilogue);
            String what = kernels.name() + " " + Arrays.toString(left) + " x "
                    + b.tensor().size(-1) + " strides "
                    + Arrays.toString(a.tensor().strides())
                    + Arrays.toString(b.tensor().strides())
                    + Arrays.toString(out.tensor().strides()) + " " + epilogue;
            Close.assertWithin(expected, out.values(), allowed, what);
            assertTrue(out.surroundingsUntouched(), what);
        }
    }

    private static Layout any(Random random, Layout[] layouts) {
        return layouts[random.nextInt(layouts.length)];
    }
}
