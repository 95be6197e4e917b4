package dev.graft.autograd;

/**
 * Random numbers as a function of (key, index): no state, the same on every machine and in any order.
 *
 * <p>The mixing function is the finaliser of SplitMix64 (Steele, Lea and Flood 2014, "Fast splittable pseudorandom
 * number generators", section 4), applied to key and counter.
 */
public final class CounterRandom {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private final long key;

    /** Numbers for a key. */
    public CounterRandom(long key) {
        this.key = mix(key + GOLDEN);
    }

    /** A generator of its own for a part, for instance a step, a site or a row. */
    public CounterRandom with(long part) {
        return new CounterRandom(key ^ mix(part * GOLDEN + 1));
    }

    /** A generator of its own for a named part. */
    public CounterRandom with(String part) {
        long hash = 0xCBF29CE484222325L;
        for (int i = 0; i < part.length(); i++) {
            hash = (hash ^ part.charAt(i)) * 0x100000001B3L;
        }
        return with(hash);
    }

    /** 64 random bits. */
    public long bits(long index) {
        return mix(key + (index + 1) * GOLDEN);
    }

    /** Uniform in [0, 1). */
    public double uniform(long index) {
        return (bits(index) >>> 11) * 0x1p-53;
    }

    /** Standard normal, by Box and Muller from two uniform numbers. */
    public double gaussian(long index) {
        double radius = Math.sqrt(-2 * StrictMath.log(1 - uniform(2 * index)));
        return radius * StrictMath.cos(2 * Math.PI * uniform(2 * index + 1));
    }

    /** A whole number from 0 to bound - 1. */
    public int below(int bound, long index) {
        return (int) Math.floorMod(bits(index) >>> 1, (long) bound);
    }

    /** A seeded order of 0 .. n-1 (Fisher and Yates). */
    public int[] permutation(int n) {
        int[] order = new int[n];
        for (int i = 0; i < n; i++) {
            int j = below(i + 1, i);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    private static long mix(long z) {
        long x = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        x = (x ^ (x >>> 27)) * 0x94D049BB133111EBL;
        return x ^ (x >>> 31);
    }
}
