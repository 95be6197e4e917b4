package dev.graft.autograd.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.autograd.Compute;
import dev.graft.autograd.Tape;
import dev.graft.autograd.check.Close;
import dev.graft.autograd.check.Seed;
import dev.graft.autograd.check.Strided;
import dev.graft.autograd.memory.Arena;
import dev.graft.autograd.memory.CompactValues;
import dev.graft.autograd.memory.Storage;
import dev.graft.autograd.memory.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Products with weights that are kept in fewer bits: a block at a time gives what the whole gives. */
class CompactProductTest {
    /** One block and several, of whole rows. */
    private static final int[] SIZES = {1, 3, 32, 130, 600, 1100};

    /** Counts what is read at once. */
    private static final class Counted implements CompactValues {
        private final float[] values;
        private ByteBuffer halves;
        private ByteBuffer signed;
        private float[] scales;
        private long most;
        private boolean closed;

        Counted(float[] values) {
            this.values = values;
        }

        /** The same with values that are bf16. */
        Counted halved() {
            halves = ByteBuffer.allocateDirect(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < values.length; i++) {
                int upper = Float.floatToRawIntBits(values[i]) >>> 16;
                values[i] = Float.intBitsToFloat(upper << 16);
                halves.putShort(2 * i, (short) upper);
            }
            return this;
        }

        /** The same with values that are bytes and a factor a row. */
        Counted bytes(int width) {
            signed = ByteBuffer.allocateDirect(values.length);
            scales = new float[values.length / width];
            for (int i = 0; i < values.length; i++) {
                int row = i / width;
                scales[row] = 0.01f + row * 1e-5f;
                byte value = (byte) Math.max(-127, Math.min(127, Math.round(values[i] * 50)));
                signed.put(i, value);
                values[i] = value * scales[row];
            }
            return this;
        }

        @Override
        public ByteBuffer halves() {
            return halves;
        }

        @Override
        public ByteBuffer signedBytes() {
            return signed;
        }

        @Override
        public float[] rowScales() {
            return scales;
        }

        @Override
        public long length() {
            return values.length;
        }

        @Override
        public long bytes() {
            return values.length;
        }

        @Override
        public void decode(long from, float[] into, int at, int length) {
            most = Math.max(most, length);
            System.arraycopy(values, (int) from, into, at, length);
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    @ParameterizedTest
    @MethodSource("dev.graft.autograd.kernel.KernelsSource#fp32")
    void everyEpilogue(Kernels kernels) {
        Random random = Seed.random("compact products");
        try (kernels) {
            for (int i = 0; i < 60; i++) {
                int rows = 1 + random.nextInt(80);
                int k = SIZES[random.nextInt(SIZES.length)];
                int n = SIZES[random.nextInt(SIZES.length)];
                check(kernels, random, i, rows, k, n);
            }
        }
    }

    private static void check(Kernels kernels, Random random, int number, int rows, int k, int n) {
        boolean flipped = random.nextBoolean();
        Counted values = new Counted(Seed.normal(random, (long) k * n));
        values = switch (number % 3) {
            case 0 -> values;
            case 1 -> values.halved();
            default -> values.bytes(flipped ? k : n);
        };
        try (Arena arena = new Arena();
                Storage compact = Storage.compact(values)) {
            Tensor weight = flipped ? Tensor.over(compact, 0, n, k).transposed() : Tensor.over(compact, 0, k, n);
            Strided a = Strided.of(arena, Strided.Layout.DENSE, rows, k).random(random);
            Strided.Layout layout = random.nextInt(3) == 0 ? Strided.Layout.SLICED : Strided.Layout.DENSE;
            Strided out = Strided.of(arena, layout, rows, n).random(random);
            boolean dense = out.tensor().isDense();
            Strided bias = random.nextBoolean()
                    ? Strided.of(arena, Strided.Layout.DENSE, n).random(random)
                    : null;
            Strided addend = random.nextBoolean()
                    ? Strided.of(arena, Strided.Layout.DENSE, random.nextBoolean() ? rows : 1, n)
                            .random(random)
                    : null;
            boolean masked = dense && random.nextBoolean() && (addend == null || addend.values().length == rows * n);
            DropoutMask mask = masked ? DropoutMask.draw(arena, (long) rows * n, 0.3, number) : null;
            Activation function = random.nextInt(3) == 0 ? Activation.RELU : null;
            float scale = random.nextBoolean() ? 1f : 0.37f;
            boolean accumulate = random.nextInt(3) == 0;
            Epilogue epilogue = new Epilogue(tensor(bias), function, scale, mask, tensor(addend), accumulate);
            double[] products = products(a.values(), values, rows, k, n, flipped);
            double[] expected = expected(products, bias, addend, out.values(), epilogue);
            double most =
                    Math.max(1, Arrays.stream(expected).map(Math::abs).max().orElse(1));
            kernels.product(a.tensor(), weight, out.tensor(), epilogue);
            String what = kernels.name() + " " + rows + " x " + k + " x " + n + " " + flipped + " " + epilogue;
            Close.assertWithin(expected, out.values(), 4 * Close.FP32 * most * Math.sqrt(k), what);
            assertTrue(out.surroundingsUntouched(), what);
        }
        assertTrue(values.closed);
    }

    /** [rows, k] [k, n], or [rows, k] [n, k]ᵀ. */
    private static double[] products(double[] x, Counted weight, int rows, int k, int n, boolean flipped) {
        double[] products = new double[rows * n];
        for (int i = 0; i < products.length; i++) {
            for (int j = 0; j < k; j++) {
                products[i] += x[i / n * k + j] * weight.values[flipped ? i % n * k + j : j * n + i % n];
            }
        }
        return products;
    }

    private static double[] expected(
            double[] products, Strided bias, Strided addend, double[] before, Epilogue epilogue) {
        float[] factors = epilogue.mask() == null
                ? null
                : epilogue.mask().factors(0, epilogue.mask().length());
        double[] shift = bias == null ? new double[] {0} : bias.values();
        double[] added = addend == null ? new double[] {0} : addend.values();
        double[] expected = new double[products.length];
        for (int i = 0; i < expected.length; i++) {
            double sum = products[i] + shift[i % shift.length];
            double value = (epilogue.function() == null ? sum : Math.max(0, sum)) * epilogue.scale();
            value *= factors == null ? 1 : factors[i];
            value += added[i % added.length];
            expected[i] = value + (epilogue.accumulate() ? before[i] : 0);
        }
        return expected;
    }

    @Test
    void roundedMathIsNearForHalves() {
        Random random = Seed.random("compact halves, rounded");
        Counted values = new Counted(Seed.normal(random, 600 * 130)).halved();
        try (Kernels kernels = KernelProvider.oneDnn(MathMode.BF16);
                Arena arena = new Arena();
                Storage compact = Storage.compact(values)) {
            Strided a = Strided.of(arena, Strided.Layout.DENSE, 64, 600).random(random);
            Strided out = Strided.of(arena, Strided.Layout.DENSE, 64, 130).random(random);
            double[] x = a.values();
            double[] expected = new double[64 * 130];
            for (int i = 0; i < expected.length; i++) {
                for (int j = 0; j < 600; j++) {
                    expected[i] += x[i / 130 * 600 + j] * values.values[i % 130 * 600 + j];
                }
            }
            Tensor weight = Tensor.over(compact, 0, 130, 600);
            kernels.product(a.tensor(), weight.transposed(), out.tensor(), Epilogue.NONE);
            Close.assertWithin(expected, out.values(), 1, "sums of 600 products");
            assertEquals(0, values.most, "nothing was made into floats");
        }
    }

    private static Tensor tensor(Strided strided) {
        return strided == null ? null : strided.tensor();
    }

    @Test
    void aLinearLayerTrainsThroughItWithoutUnpackingIt() {
        Random random = Seed.random("compact layers");
        Counted values = new Counted(Seed.normal(random, 900 * 700));
        float[] input = Seed.normal(random, 5 * 700);
        try (Compute compute = Compute.open(MathMode.FP32, 1);
                Storage compact = Storage.compact(values);
                Storage memory = Storage.allocate(900 * 700)) {
            memory.buffer().put(0, values.values);
            float[] one = gradient(compute, Tensor.over(compact, 0, 900, 700), input);
            float[] other = gradient(compute, Tensor.over(memory.frozen(), 0, 900, 700), input);
            for (int i = 0; i < one.length; i++) {
                assertEquals(other[i], one[i], 1e-2, "gradient " + i); // of values around 900
            }
            assertTrue(values.most <= 4096, "a row at a time, not " + values.most);
        }
    }

    /** Of the sum of squares of x Wᵀ, by x. */
    private static float[] gradient(Compute compute, Tensor weight, float[] input) {
        try (Tape tape = new Tape(compute, true);
                Storage memory = Storage.allocate(input.length)) {
            memory.buffer().put(0, input);
            var x = tape.leaf(Tensor.over(memory, 0, 5, 700));
            var y = x.linear(tape.constant(weight), null);
            tape.backward(y.multiply(y).sum().multiply(1e-3));
            return tape.gradient(x).toArray();
        }
    }

    @Test
    void rowsOfATableAndWholeCopies() {
        Counted values = new Counted(Seed.normal(Seed.random("compact tables"), 40 * 8));
        try (Compute compute = Compute.open(MathMode.FP32, 1);
                Tape tape = new Tape(compute, false);
                Storage compact = Storage.compact(values)) {
            Tensor table = Tensor.over(compact, 0, 40, 8);
            assertTrue(table.isCompact() && table.isReadOnly());
            assertEquals(320, table.storedBytes());
            float[] rows = tape.value(tape.constant(table).gather(39, 0)).toArray();
            assertEquals(values.values[39 * 8], rows[0]);
            assertEquals(values.values[7], rows[15]);
            assertArrayEquals(values.values, table.toArray());
            assertEquals(values.values[8], table.transposed().toArray()[1], "as floats, where somebody needs them");
            assertThrows(IllegalStateException.class, table::writable);
        }
    }
}
