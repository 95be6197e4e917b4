package dev.graft.peft.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;

/** The two ways in which the laws say equal: bit for bit, and to rounding. */
final class Same {
    /** What the laws allow to rounding: max|a - b| / max|b|. */
    static final double ROUNDING = 1e-5;

    private Same() {}

    static void bits(float[] expected, float[] actual, String what) {
        assertEquals(expected.length, actual.length, what);
        for (int i = 0; i < expected.length; i++) {
            if (Float.floatToRawIntBits(expected[i]) != Float.floatToRawIntBits(actual[i])) {
                throw new AssertionError(what + ": element " + i + " is " + actual[i] + " instead of " + expected[i]);
            }
        }
    }

    static void bits(float[][] expected, float[][] actual, String what) {
        assertEquals(expected.length, actual.length, what);
        for (int i = 0; i < expected.length; i++) {
            bits(expected[i], actual[i], what + ", row " + i);
        }
    }

    static void bits(Map<String, float[]> expected, Map<String, float[]> actual, String what) {
        assertEquals(expected.keySet(), actual.keySet(), what);
        expected.forEach((name, values) -> bits(values, actual.get(name), what + ", tensor " + name));
    }

    static void rounded(float[][] expected, float[][] actual, String what) {
        double distance = distance(expected, actual);
        assertTrue(distance <= ROUNDING, what + ": differs by " + distance + "; allowed: " + ROUNDING);
    }

    /** max|a - b| / max|b|, or NaN if there is one. */
    static double distance(float[][] expected, float[][] actual) {
        assertEquals(expected.length, actual.length);
        double difference = 0;
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i].length, actual[i].length);
            for (int j = 0; j < expected[i].length; j++) {
                difference = Math.max(difference, Math.abs((double) actual[i][j] - expected[i][j]));
                largest = Math.max(largest, Math.abs(expected[i][j]));
            }
        }
        return difference == 0 ? 0 : difference / largest;
    }
}
