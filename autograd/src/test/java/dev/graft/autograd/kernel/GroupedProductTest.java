package dev.graft.autograd.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.autograd.check.Close;
import dev.graft.autograd.check.Seed;
import dev.graft.autograd.check.Strided;
import dev.graft.autograd.memory.Arena;
import dev.graft.autograd.memory.CompactValues;
import dev.graft.autograd.memory.Storage;
import dev.graft.autograd.memory.Tensor;
import dev.graft.autograd.memory.ValueGroups;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Products with weights that are quantised in groups: numbers, a scale and perhaps an offset each. */
class GroupedProductTest {
    private static final ValueGroups[] FORMS = {
        new ValueGroups(32, 4, true, false),
        new ValueGroups(32, 4, false, true),
        new ValueGroups(32, 8, true, false),
        new ValueGroups(16, 8, true, false)
    };

    /** Some rows of the weight, from the first one on, that are multiplied. */
    private record Sizes(int rows, int k, int n, int first) {}

    private static final Sizes[] SIZES = {
        new Sizes(1, 576, 192, 0),
        new Sizes(1, 1536, 576, 0),
        new Sizes(3, 768, 130, 6),
        new Sizes(70, 1536, 66, 4),
        new Sizes(2, 64, 33, 0), // an odd number of columns
        new Sizes(40, 96, 20, 0),
        new Sizes(300, 640, 128, 0)
    };

    /** Random numbers, scales and offsets; it knows whether anybody asked for floats. */
    private static final class Grouped implements CompactValues {
        private final ValueGroups form;
        private final byte[] numbers;
        private final float[] scales;
        private final float[] offsets;
        private long decoded;

        Grouped(ValueGroups form, int length, Random random) {
            this.form = form;
            numbers = new byte[length];
            int least = form.signed() ? -(1 << form.bits() - 1) : 0;
            for (int i = 0; i < length; i++) {
                numbers[i] = (byte) (least + random.nextInt(1 << form.bits()));
            }
            scales = Seed.normal(random, length / form.size());
            offsets = Seed.normal(random, length / form.size());
        }

        /** All numbers, a group's scale and offset applied. */
        double[] values() {
            double[] values = new double[numbers.length];
            Arrays.setAll(values, this::value);
            return values;
        }

        double value(int at) {
            int group = at / form.size();
            return (double) numbers[at] * scales[group] + (form.shifted() ? offsets[group] : 0);
        }

        @Override
        public long length() {
            return numbers.length;
        }

        @Override
        public long bytes() {
            return numbers.length;
        }

        @Override
        public void decode(long from, float[] into, int at, int length) {
            decoded = Math.max(decoded, length);
            for (int i = 0; i < length; i++) {
                into[at + i] = (float) value((int) from + i);
            }
        }

        @Override
        public ValueGroups groups() {
            return form;
        }

        @Override
        public void split(long from, byte[] into, float[] factors, float[] shifts) {
            assertEquals(0, from % form.size());
            System.arraycopy(numbers, (int) from, into, 0, into.length);
            int first = (int) from / form.size();
            System.arraycopy(scales, first, factors, 0, into.length / form.size());
            if (form.shifted()) {
                System.arraycopy(offsets, first, shifts, 0, into.length / form.size());
            }
        }

        @Override
        public void close() {}
    }

    @ParameterizedTest
    @MethodSource("dev.graft.autograd.kernel.KernelsSource#fp32")
    void everyForm(Kernels kernels) {
        Random random = Seed.random("grouped products");
        try (kernels) {
            for (ValueGroups form : FORMS) {
                for (Sizes sizes : SIZES) {
                    check(kernels, random, form, sizes, false);
                    check(kernels, random, form, sizes, true);
                }
            }
        }
    }

    /** (x Wᵀ + bias) factor + addend, added to what is there; and, backwards, y W. */
    private static void check(Kernels kernels, Random random, ValueGroups form, Sizes sizes, boolean backward) {
        Grouped values = new Grouped(form, (sizes.first + sizes.n) * sizes.k, random);
        try (Arena arena = new Arena();
                Storage compact = Storage.compact(values)) {
            Tensor whole = Tensor.over(compact, 0, sizes.first + sizes.n, sizes.k);
            Tensor weight = whole.rows(sizes.first, sizes.first + sizes.n);
            int in = backward ? sizes.n : sizes.k;
            int columns = backward ? sizes.k : sizes.n;
            Strided a = Strided.of(arena, Strided.Layout.DENSE, sizes.rows, in).random(random);
            Strided out =
                    Strided.of(arena, Strided.Layout.DENSE, sizes.rows, columns).random(random);
            Strided bias = Strided.of(arena, Strided.Layout.DENSE, columns).random(random);
            double[] x = a.values();
            double[] w = values.values();
            double[] shift = bias.values();
            double[] expected = out.values();
            double most = 1;
            for (int i = 0; i < expected.length; i++) {
                double sum = shift[i % columns];
                for (int j = 0; j < in; j++) {
                    int row = sizes.first + (backward ? j : i % columns);
                    int column = backward ? i % columns : j;
                    sum += x[i / columns * in + j] * w[row * sizes.k + column];
                }
                expected[i] += 0.5 * sum;
                most = Math.max(most, Math.abs(expected[i]));
            }
            Tensor b = backward ? weight : weight.transposed();
            kernels.product(a.tensor(), b, out.tensor(), new Epilogue(bias.tensor(), 0.5f, null, true));
            String what = kernels.name() + " " + form + " " + sizes + (backward ? " backward" : "");
            Close.assertWithin(expected, out.values(), Close.FP32 * most, what);
            assertTrue(out.surroundingsUntouched(), what);
            boolean direct = kernels.name().equals("onednn") && !backward && sizes.n % 2 == 0 && sizes.n >= 32;
            if (direct) {
                assertEquals(0, values.decoded, what + ": nothing was made into floats");
            }
        }
    }
}
