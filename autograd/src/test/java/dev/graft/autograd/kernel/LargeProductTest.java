package dev.graft.autograd.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.autograd.check.Close;
import dev.graft.autograd.check.Seed;
import dev.graft.autograd.check.Strided;
import dev.graft.autograd.memory.Arena;
import dev.graft.autograd.memory.Copies;
import dev.graft.autograd.memory.Storage;
import dev.graft.autograd.memory.Tensor;
import dev.graft.autograd.memory.Tiles;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Products with large frozen weights: with math bf16x3 from bf16 parts, where copies may take plenty and AMX is there. */
class LargeProductTest {
    /** Below, at and above the rows of one pass. */
    private static final int[] ROWS = {191, 192, 256, 257, 300, 383, 385, 530};

    private static final int[] COLUMNS = {128, 131, 384, 385, 416, 800};

    @ParameterizedTest
    @MethodSource("dev.graft.autograd.kernel.KernelsSource#exact")
    void everyEpilogue(Kernels kernels) {
        Random random = Seed.random("large products");
        try (kernels) {
            for (int i = 0; i < 12; i++) {
                int rows = ROWS[i % ROWS.length];
                int k = COLUMNS[random.nextInt(COLUMNS.length)];
                int n = COLUMNS[random.nextInt(COLUMNS.length)];
                check(kernels, random, i, rows, k, n);
            }
        }
    }

    private static void check(Kernels kernels, Random random, int number, int rows, int k, int n) {
        try (Arena arena = new Arena();
                Storage memory = Storage.allocate((long) k * n);
                Storage frozen = memory.frozen().among(copies(number, memory.floats()))) {
            Tiles.write(Seed.normal(random, memory.floats()), Tensor.over(memory, 0, memory.floats()));
            Tensor weight = random.nextBoolean()
                    ? Tensor.over(frozen, 0, k, n)
                    : Tensor.over(frozen, 0, n, k).transposed();
            Strided a = matrix(arena, random, rows, k);
            Strided out = Strided.of(
                            arena, random.nextInt(3) == 0 ? Strided.Layout.SLICED : Strided.Layout.DENSE, rows, n)
                    .random(random);
            boolean dense = out.tensor().isDense();
            Strided bias = random.nextBoolean()
                    ? Strided.of(arena, Strided.Layout.DENSE, n).random(random)
                    : null;
            Strided addend = random.nextBoolean() ? matrix(arena, random, random.nextBoolean() ? rows : 1, n) : null;
            DropoutMask mask =
                    dense && random.nextBoolean() ? DropoutMask.draw(arena, (long) rows * n, 0.3, number) : null;
            Activation function = random.nextInt(3) == 0 ? Activation.RELU : null;
            float scale = random.nextBoolean() ? 1f : 0.37f;
            boolean accumulate = random.nextInt(3) == 0;
            double[] before = out.values();
            double[] expected = Oracle.product(a, Strided.over(weight), bias, 1, null, null);
            double allowed = Close.FP32 * Oracle.magnitude(a, Strided.over(weight), bias, 1, addend, before);
            float[] factors = mask == null ? null : mask.factors(0, mask.length());
            double[] added = addend == null ? null : addend.values();
            for (int i = 0; i < expected.length; i++) {
                double value = function == null ? expected[i] : Math.max(0, expected[i]);
                value *= scale * (factors == null ? 1 : factors[i]);
                value += added == null ? 0 : added[i % added.length];
                expected[i] = value + (accumulate ? before[i] : 0);
            }
            Epilogue epilogue = new Epilogue(tensor(bias), function, scale, mask, tensor(addend), accumulate);
            kernels.product(a.tensor(), weight, out.tensor(), epilogue);
            String what = kernels.name() + " " + rows + " x " + k + " x " + n + " " + epilogue;
            Close.assertWithin(expected, out.values(), allowed, what);
            assertTrue(out.surroundingsUntouched(), what);
        }
    }

    /** Plenty, some or no room for copies. */
    private static Copies copies(int number, long floats) {
        return new Copies(number % 3 == 0 ? floats : 0, number % 3 == 1 ? floats : 0);
    }

    private static Strided matrix(Arena arena, Random random, int rows, int columns) {
        return Strided.of(arena, Strided.Layout.DENSE, rows, columns).random(random);
    }

    private static Tensor tensor(Strided strided) {
        return strided == null ? null : strided.tensor();
    }

    /** A frozen weight may take a path of its own; the same numbers in memory that is not frozen never do. */
    @ParameterizedTest
    @ValueSource(floats = {1e-18f, 1f, 1e15f})
    void frozenWeightsAreNoLessExactThanOthers(float size) {
        Random random = Seed.random("exact");
        KernelProvider.threads(1);
        try (Kernels kernels = KernelProvider.oneDnn(MathMode.BF16X3);
                Arena arena = new Arena();
                Storage memory = Storage.allocate(768 * 384);
                Storage frozen = memory.frozen()) {
            Tensor plain = Tensor.over(memory, 0, 768, 384);
            Tiles.write(scaled(Seed.normal(random, memory.floats()), size), plain);
            Strided a = Strided.of(arena, Strided.Layout.DENSE, 256, 768).random(random);
            double[] expected = Oracle.product(a, Strided.over(plain), null, 1, null, null);
            Tensor out = arena.allocate(256, 384);
            kernels.product(a.tensor(), plain, out, Epilogue.NONE);
            double error = rootMeanSquare(expected, out.toArray());
            kernels.product(a.tensor(), Tensor.over(frozen, 0, 768, 384), out, Epilogue.NONE);
            double split = rootMeanSquare(expected, out.toArray());
            assertTrue(split <= error, split + " beside " + error + ", -Dgraft.test.seed=" + Seed.VALUE);
        }
    }

    /** What is not finite must not become an ordinary number: it is how a run that diverges is noticed. */
    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void whatIsNotFiniteStaysSo(float value) {
        KernelProvider.threads(1);
        try (Kernels kernels = KernelProvider.oneDnn(MathMode.BF16X3);
                Arena arena = new Arena();
                Storage memory = Storage.allocate(384 * 384);
                Storage frozen = memory.frozen()) {
            Tiles.fill(Tensor.over(memory, 0, 384, 384), 0.5f);
            Tensor a = arena.zeros(256, 384);
            a.buffer().put(a.offset() + 7 * 384 + 5, value);
            Tensor out = arena.allocate(256, 384);
            kernels.product(a, Tensor.over(frozen, 0, 384, 384), out, Epilogue.NONE);
            float[] result = out.toArray();
            for (int i = 0; i < result.length; i++) {
                assertTrue(Float.isFinite(result[i]) == (i / 384 != 7), "element " + i + " is " + result[i]);
            }
        }
    }

    @Test
    void theSameProductGivesTheSameBits() {
        Random random = Seed.random("bits");
        KernelProvider.threads(1);
        try (Kernels kernels = KernelProvider.oneDnn(MathMode.BF16X3);
                Arena arena = new Arena();
                Storage memory = Storage.allocate(384 * 800);
                Storage frozen = memory.frozen()) {
            Tiles.write(Seed.normal(random, memory.floats()), Tensor.over(memory, 0, memory.floats()));
            Tensor a = matrix(arena, random, 400, 384).tensor();
            Tensor first = arena.allocate(400, 800);
            Tensor second = arena.allocate(400, 800);
            kernels.product(a, Tensor.over(frozen, 0, 384, 800), first, Epilogue.NONE);
            kernels.product(a, Tensor.over(frozen, 0, 384, 800), second, Epilogue.NONE);
            assertArrayEquals(first.toArray(), second.toArray());
        }
    }

    private static float[] scaled(float[] values, float factor) {
        for (int i = 0; i < values.length; i++) {
            values[i] *= factor;
        }
        return values;
    }

    private static double rootMeanSquare(double[] expected, float[] actual) {
        double sum = 0;
        for (int i = 0; i < actual.length; i++) {
            double difference = actual[i] - expected[i];
            sum += difference * difference;
        }
        return Math.sqrt(sum / actual.length);
    }
}
