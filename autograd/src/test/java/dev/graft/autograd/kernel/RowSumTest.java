package dev.graft.autograd.kernel;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.autograd.check.Close;
import dev.graft.autograd.check.Seed;
import dev.graft.autograd.check.Strided;
import dev.graft.autograd.memory.Arena;
import dev.graft.autograd.memory.Tensor;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One row times a transposed matrix, added to what is there: oneDNN 3.11 ended the process from 1025 terms on. */
class RowSumTest {
    @ParameterizedTest
    @MethodSource("dev.graft.autograd.kernel.KernelsSource#fp32")
    void manyTerms(Kernels kernels) {
        Random random = Seed.random("row sums");
        try (kernels) {
            for (int k : new int[] {1024, 1025, 1536, 4096}) {
                for (int n : new int[] {32, 64, 128, 576}) {
                    check(kernels, random, k, n, null);
                    check(kernels, random, k, n, Activation.RELU);
                }
            }
        }
    }

    private static void check(Kernels kernels, Random random, int k, int n, Activation function) {
        try (Arena arena = new Arena()) {
            Strided a = Strided.of(arena, Strided.Layout.DENSE, 1, k).random(random);
            Strided b = Strided.of(arena, Strided.Layout.DENSE, n, k).random(random);
            Strided out = Strided.of(arena, Strided.Layout.SLICED, 1, n).random(random);
            Strided bias = Strided.of(arena, Strided.Layout.DENSE, n).random(random);
            double[] x = a.values();
            double[] w = b.values();
            double[] expected = out.values();
            for (int i = 0; i < n; i++) {
                double sum = bias.values()[i];
                for (int j = 0; j < k; j++) {
                    sum += x[j] * w[i * k + j];
                }
                expected[i] += 0.5 * (function == null ? sum : Math.max(0, sum));
            }
            Tensor weight = b.tensor().transposed();
            for (int run = 0; run < 3; run++) { // damage shows at the second
                Tensor target = run == 0 ? out.tensor() : arena.allocate(1, n);
                kernels.product(
                        a.tensor(), weight, target, new Epilogue(bias.tensor(), function, 0.5f, null, null, true));
            }
            String what = kernels.name() + " " + k + " x " + n + " " + function;
            Close.assertWithin(expected, out.values(), Close.FP32 * 4 * Math.sqrt(k), what);
            assertTrue(out.surroundingsUntouched(), what);
        }
    }
}
