package dev.graft.autograd.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

/** Compares arrays by the project's measure: max|a-b| / max|b|. */
public final class Close {
    /** What "equal" means for fp32 results. */
    public static final double FP32 = 1e-5;

    private Close() {}

    /** The measure; infinite if anything is NaN or differs where the expected value is infinite. */
    public static double distance(double[] expected, double[] actual) {
        assertEquals(expected.length, actual.length, "number of elements");
        double difference = 0;
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
            if (expected[i] == actual[i]) {
                largest = Math.max(largest, Math.abs(expected[i]));
                continue;
            }
            double d = Math.abs(expected[i] - actual[i]);
            if (!(d < Double.POSITIVE_INFINITY)) {
                return Double.POSITIVE_INFINITY;
            }
            difference = Math.max(difference, d);
            largest = Math.max(largest, Math.abs(expected[i]));
        }
        return difference == 0 ? 0 : difference / largest;
    }

    /** Fails, with the seed and the worst distance, if the arrays are not close. */
    public static void assertClose(double[] expected, double[] actual, double tolerance, String what) {
        double distance = distance(expected, actual);
        if (!(distance <= tolerance)) {
            fail(what + ": distance " + distance + " > " + tolerance + " (-Dgraft.test.seed=" + Seed.VALUE + ")");
        }
    }

    /** Fails if an element is further off than allowed: for results that are differences of large terms. */
    public static void assertWithin(double[] expected, double[] actual, double allowed, String what) {
        assertEquals(expected.length, actual.length, "number of elements");
        for (int i = 0; i < expected.length; i++) {
            if (!(Math.abs(expected[i] - actual[i]) <= allowed)) {
                fail(what + ": element " + i + " is " + actual[i] + ", not " + expected[i] + " +- " + allowed
                        + " (-Dgraft.test.seed=" + Seed.VALUE + ")");
            }
        }
    }

    /** The largest magnitude of a[i] * b[i]. */
    public static double largestProduct(double[] a, double[] b) {
        double largest = 0;
        for (int i = 0; i < a.length; i++) {
            largest = Math.max(largest, Math.abs(a[i] * b[i]));
        }
        return largest;
    }

    /** The same for floats. */
    public static void assertClose(double[] expected, float[] actual, double tolerance, String what) {
        assertClose(expected, doubles(actual), tolerance, what);
    }

    /** Widens. */
    public static double[] doubles(float[] values) {
        double[] wide = new double[values.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = values[i];
        }
        return wide;
    }
}
