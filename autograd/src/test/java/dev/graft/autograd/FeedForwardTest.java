package dev.graft.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.autograd.check.Seed;
import dev.graft.autograd.kernel.MathMode;
import dev.graft.autograd.memory.Storage;
import dev.graft.autograd.memory.Tensor;
import dev.graft.autograd.memory.Tiles;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The fused feed-forward layer beside the same layer put together from single operations. */
class FeedForwardTest {
    private static final int ROWS = 530;
    private static final int HIDDEN = 128;
    private static final int WIDE = 160;
    private static final CounterRandom MASK = new CounterRandom(11).with("site");

    private final Random random = Seed.random("feed-forward");
    private final float[] input = Seed.normal(random, ROWS * HIDDEN);
    private final float[] weights = scaled(Seed.normal(random, 2 * HIDDEN * WIDE + HIDDEN + WIDE));

    private static float[] scaled(float[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] *= 0.15f;
        }
        return values;
    }

    /** Results and then the gradient of the input. */
    private float[][] run(MathMode math, boolean fused, boolean recording) {
        try (Compute compute = Compute.open(math, 1);
                Storage memory = Storage.allocate(weights.length);
                Storage frozen = memory.frozen()) {
            Tiles.write(weights, Tensor.over(memory, 0, weights.length));
            try (Tape tape = new Tape(compute, recording)) {
                Tensor values = compute.arena().allocate(ROWS, HIDDEN);
                Tiles.write(input, values);
                Var x = tape.leaf(values);
                Var[] up = {
                    tape.constant(Tensor.over(frozen, 0, WIDE, HIDDEN)),
                    tape.constant(Tensor.over(frozen, HIDDEN * WIDE, WIDE))
                };
                int second = HIDDEN * WIDE + WIDE;
                Var[] down = {
                    tape.constant(Tensor.over(frozen, second, HIDDEN, WIDE)),
                    tape.constant(Tensor.over(frozen, second + HIDDEN * WIDE, HIDDEN))
                };
                Var y = fused
                        ? x.feedForward(up, down, "gelu", x, 0.1, MASK)
                        : x.linear(up[0], up[1]).gelu().linear(down[0], down[1]).dropout(0.1, MASK, x);
                float[] out = tape.value(y).toArray();
                float[] gradient = new float[0];
                if (recording) {
                    tape.backward(y.multiply(y).sum());
                    gradient = tape.gradient(x).toArray();
                }
                values.release();
                return new float[][] {out, gradient};
            }
        }
    }

    private static double distance(float[] a, float[] b) {
        assertEquals(a.length, b.length);
        double worst = 0;
        double largest = 0;
        for (int i = 0; i < a.length; i++) {
            worst = Math.max(worst, Math.abs(a[i] - b[i]));
            largest = Math.max(largest, Math.abs(b[i]));
        }
        return worst / largest;
    }

    @ParameterizedTest
    @EnumSource(names = "BF16", mode = EnumSource.Mode.EXCLUDE)
    void equalsTheSingleOperations(MathMode math) {
        float[][] expected = run(MathMode.FP32, false, true);
        float[][] fused = run(math, true, true);
        assertTrue(distance(fused[0], expected[0]) <= 1e-5);
        assertTrue(distance(fused[1], expected[1]) <= 1e-5);
        assertTrue(distance(run(math, true, false)[0], expected[0]) <= 1e-5);
    }

    @Test
    void withBf16MathStaysAsCloseAsTheSingleOperations() {
        float[][] exact = run(MathMode.FP32, false, true);
        float[][] single = run(MathMode.BF16, false, true);
        float[][] fused = run(MathMode.BF16, true, true);
        for (int i = 0; i < 2; i++) {
            double allowed = 2 * distance(single[i], exact[i]);
            assertTrue(distance(fused[i], exact[i]) <= allowed, "part " + i + ", -Dgraft.test.seed=" + Seed.VALUE);
        }
    }

    @Test
    void refusesTrainedWeights() {
        try (Compute compute = Compute.open(MathMode.FP32, 1);
                Tape tape = new Tape(compute, true)) {
            Var x = tape.constant(new float[6], 2, 3);
            Tensor memory = compute.arena().zeros(3, 3);
            Var trained = tape.leaf(memory);
            Var[] projection = {trained, null};
            assertThrows(
                    IllegalArgumentException.class, () -> x.feedForward(projection, projection, "gelu", x, 0, null));
            memory.release();
        }
    }
}
