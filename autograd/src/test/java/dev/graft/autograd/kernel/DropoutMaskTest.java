package dev.graft.autograd.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.autograd.memory.Arena;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Masks: the rate, independence of neighbours, the same bits for the same key, and slices. */
class DropoutMaskTest {
    private static final int LENGTH = 1 << 20;

    private final Arena arena = new Arena();

    private boolean[] dropped(long length, double probability, long key) {
        float[] factors = DropoutMask.draw(arena, length, probability, key).factors(0, length);
        boolean[] dropped = new boolean[factors.length];
        for (int i = 0; i < dropped.length; i++) {
            dropped[i] = factors[i] == 0;
            assertTrue(dropped[i] || factors[i] == (float) (1 / (1 - probability)));
        }
        return dropped;
    }

    @Test
    void dropsAtTheGivenRateInEveryLane() {
        for (double probability : new double[] {0, 0.01, 0.1, 0.5, 0.9}) {
            boolean[] dropped = dropped(LENGTH, probability, 0x1234_5678_9ABCL + (long) (probability * 100));
            int[] lanes = new int[4];
            for (int i = 0; i < LENGTH; i++) {
                lanes[i % 4] += dropped[i] ? 1 : 0;
            }
            double deviation = Math.sqrt(probability * (1 - probability) * LENGTH / 4);
            for (int lane : lanes) {
                assertEquals(probability * LENGTH / 4, lane, 5 * deviation, "probability " + probability);
            }
        }
    }

    @Test
    void neighboursAndKeysAreIndependent() {
        boolean[] first = dropped(LENGTH, 0.3, 77);
        boolean[] other = dropped(LENGTH, 0.3, 78);
        double deviation = Math.sqrt(0.09 * 0.91 * LENGTH);
        for (int distance : new int[] {1, 2, 3, 4, 128, 384, 4096}) {
            int both = 0;
            for (int i = distance; i < LENGTH; i++) {
                both += first[i] && first[i - distance] ? 1 : 0;
            }
            assertEquals(0.09 * LENGTH, both, 6 * deviation, "distance " + distance);
        }
        int both = 0;
        for (int i = 0; i < LENGTH; i++) {
            both += first[i] && other[i] ? 1 : 0;
        }
        assertEquals(0.09 * LENGTH, both, 6 * deviation);
    }

    @Test
    void isAFunctionOfKeyAndElement() {
        boolean[] once = dropped(5000, 0.3, 77);
        assertArrayEquals(once, dropped(5000, 0.3, 77));
        assertArrayEquals(Arrays.copyOf(once, 4999), dropped(4999, 0.3, 77));
        assertFalse(Arrays.equals(once, dropped(5000, 0.3, 77 + (1L << 32))));
    }

    @Test
    void slices() {
        DropoutMask mask = DropoutMask.draw(arena, 100, 0.5, 3);
        DropoutMask slice = mask.slice(7, 50).slice(1, 20);
        assertArrayEquals(mask.factors(8, 27), slice.factors(0, 19));
        assertThrows(IllegalArgumentException.class, () -> mask.slice(7, 101));
    }
}
