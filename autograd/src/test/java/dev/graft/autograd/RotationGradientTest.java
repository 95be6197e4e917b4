package dev.graft.autograd;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.graft.autograd.check.Seed;
import dev.graft.autograd.kernel.MathMode;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Rotary position embedding against its definition as a complex product. */
class RotationGradientTest {
    private static final int HALF = 3;
    private static final int[] ENTRIES = {0, 2, 1, 1};
    private static final double FACTOR = 1.25;

    private final Random random = Seed.random("rotation");

    private static double angle(int entry, int feature) {
        return entry * 0.7 + feature * 1.3;
    }

    private static Rotation rotation() {
        float[] cosines = new float[3 * HALF];
        float[] sines = new float[3 * HALF];
        for (int i = 0; i < cosines.length; i++) {
            cosines[i] = (float) (FACTOR * Math.cos(angle(i / HALF, i % HALF)));
            sines[i] = (float) (FACTOR * Math.sin(angle(i / HALF, i % HALF)));
        }
        return new Rotation(ENTRIES, cosines, sines, HALF);
    }

    private static double[] turned(double[] x) {
        double[] out = new double[x.length];
        int width = x.length / ENTRIES.length;
        for (int i = 0; i < x.length; i++) {
            int within = i % width % (2 * HALF);
            double angle = angle(ENTRIES[i / width], within % HALF);
            boolean low = within < HALF;
            double other = low ? -x[i + HALF] : x[i - HALF];
            out[i] = FACTOR * (x[i] * Math.cos(angle) + other * Math.sin(angle));
        }
        return out;
    }

    @Test
    void everyHeadIsTurned() {
        Rotation rotation = rotation();
        GradientCheck.check(
                "rotation", x -> rotation.apply(x[0]), x -> turned(x[0]), Input.normal(random, 4, 4L * HALF));
    }

    @Test
    void misfitsAreRefused() {
        float[] angles = new float[3 * HALF];
        assertThrows(IllegalArgumentException.class, () -> new Rotation(new int[] {3}, angles, angles, HALF));
        assertThrows(IllegalArgumentException.class, () -> new Rotation(new int[] {-1}, angles, angles, HALF));
        try (Compute compute = Compute.open(MathMode.FP32, 1);
                Tape tape = new Tape(compute, false)) {
            Rotation rotation = rotation();
            assertThrows(IllegalArgumentException.class, () -> rotation.apply(tape.constant(new float[18], 3, 6)));
            assertThrows(IllegalArgumentException.class, () -> rotation.apply(tape.constant(new float[32], 4, 8)));
        }
    }
}
