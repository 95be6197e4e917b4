package dev.graft.autograd.check;

import java.util.Random;

/** The seed of a test run: new for every run, printed, and accepted back as -Dgraft.test.seed. */
public final class Seed {
    /** Of this run. */
    public static final long VALUE = Long.getLong("graft.test.seed", System.nanoTime() % 1_000_000_007L);

    static {
        System.out.println("repeat these tests with -Dgraft.test.seed=" + VALUE);
    }

    private Seed() {}

    /** Numbers for one test, whatever other tests draw. */
    public static Random random(String test) {
        return new Random(VALUE * 31 + test.hashCode());
    }

    /** Normally distributed floats. */
    public static float[] normal(Random random, long n) {
        float[] values = new float[Math.toIntExact(n)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
