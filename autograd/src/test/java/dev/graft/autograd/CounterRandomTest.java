package dev.graft.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.autograd.check.Seed;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Random numbers are a function of key and index alone, and are distributed as their names say. */
class CounterRandomTest {
    private static final int MANY = 200_000;

    /** No fair generator is further from its mean than this many standard errors in any run of the tests. */
    private static final double FAR = 6;

    private final Random keys = Seed.random("counter");

    private static void assertMean(String what, double mean, double deviation, double[] values) {
        double found = Arrays.stream(values).average().orElseThrow();
        double error = deviation / Math.sqrt(values.length);
        assertTrue(
                Math.abs(found - mean) < FAR * error, what + " is " + found + ", not " + mean + " +- " + FAR * error);
    }

    @Test
    void bitsAreThoseOfSplitMix64() {
        for (int n = 0; n < 100; n++) {
            long key = keys.nextLong();
            // java.util.SplittableRandom is the same generator, walked instead of counted
            SplittableRandom walked = new SplittableRandom(new SplittableRandom(key).nextLong());
            CounterRandom counted = new CounterRandom(key);
            for (int i = 0; i < 100; i++) {
                assertEquals(walked.nextLong(), counted.bits(i), "key " + key + ", index " + i);
            }
        }
    }

    @Test
    void orderDoesNotMatter() {
        long key = keys.nextLong();
        CounterRandom random = new CounterRandom(key);
        double[] forward =
                IntStream.range(0, 1000).mapToDouble(random::gaussian).toArray();
        double[] backward = new double[1000];
        for (int i = 999; i >= 0; i--) {
            random.uniform(7L * i);
            random.with("other").bits(i);
            backward[i] = random.gaussian(i);
        }
        assertArrayEquals(forward, backward);
        double[] parallel = IntStream.range(0, 1000)
                .parallel()
                .mapToDouble(random::gaussian)
                .toArray();
        assertArrayEquals(forward, parallel);
        CounterRandom again = new CounterRandom(key);
        assertArrayEquals(
                forward, IntStream.range(0, 1000).mapToDouble(again::gaussian).toArray());
        assertArrayEquals(random.permutation(100), again.permutation(100));
    }

    @Test
    void partsHaveNumbersOfTheirOwn() {
        CounterRandom random = new CounterRandom(keys.nextLong());
        Set<Long> firsts = new HashSet<>();
        int made = 0;
        for (int i = -1000; i < 1000; i++) {
            firsts.add(random.bits(i));
            firsts.add(random.with(i).bits(0));
            firsts.add(random.with("part " + i).bits(0));
            firsts.add(random.with(i).with(i).bits(0));
            firsts.add(random.with(1).with(i).bits(0));
            made += 5;
        }
        made -= 1; // with(1).with(1) was made twice
        assertEquals(made, firsts.size());
        assertNotEquals(random.with(1).with(2).bits(0), random.with(2).with(1).bits(0), "order of parts");
        assertNotEquals(new CounterRandom(0).bits(0), new CounterRandom(1).bits(0));
    }

    @Test
    void neighbouringKeysAndPartsAreNotAlike() {
        long key = keys.nextLong();
        CounterRandom[] pairs = {
            new CounterRandom(key),
            new CounterRandom(key + 1),
            new CounterRandom(key).with(0),
            new CounterRandom(key).with(1),
            new CounterRandom(key).with("layer.0"),
            new CounterRandom(key).with("layer.1"),
        };
        for (int p = 0; p < pairs.length; p += 2) {
            CounterRandom one = pairs[p];
            CounterRandom other = pairs[p + 1];
            double[] products = IntStream.range(0, MANY)
                    .mapToDouble(i -> one.gaussian(i) * other.gaussian(i))
                    .toArray();
            assertMean("correlation of pair " + p + " for key " + key, 0, 1, products);
        }
    }

    @Test
    void uniformNumbersFillTheirRangeEvenly() {
        CounterRandom random = new CounterRandom(keys.nextLong());
        double[] values = IntStream.range(0, MANY).mapToDouble(random::uniform).toArray();
        assertTrue(Arrays.stream(values).allMatch(value -> value >= 0 && value < 1));
        assertMean("mean", 0.5, Math.sqrt(1 / 12.0), values);
        assertMean(
                "second moment",
                1 / 3.0,
                Math.sqrt(4 / 45.0),
                Arrays.stream(values).map(value -> value * value).toArray());
        double[] lag = IntStream.range(1, MANY)
                .mapToDouble(i -> (values[i] - 0.5) * (values[i - 1] - 0.5))
                .toArray();
        assertMean("correlation of neighbours", 0, 1 / 12.0, lag);
        assertEven(Arrays.stream(values).mapToInt(value -> (int) (64 * value)).toArray(), 64);
    }

    @Test
    void everyBitIsFair() {
        CounterRandom random = new CounterRandom(keys.nextLong());
        for (int bit = 0; bit < Long.SIZE; bit++) {
            int shift = bit;
            double[] set = IntStream.range(0, MANY)
                    .mapToDouble(i -> random.bits(i) >>> shift & 1)
                    .toArray();
            assertMean("bit " + bit, 0.5, 0.5, set);
        }
    }

    @Test
    void gaussianNumbersAreNormal() {
        CounterRandom random = new CounterRandom(keys.nextLong());
        double[] values = IntStream.range(0, MANY).mapToDouble(random::gaussian).toArray();
        double[] powers = {0, 0, 1, 0, 3}; // the moments of a standard normal variable
        double[] deviations = {0, 1, Math.sqrt(2), Math.sqrt(15), Math.sqrt(96)};
        for (int power = 1; power <= 4; power++) {
            int p = power;
            assertMean(
                    "moment " + power,
                    powers[power],
                    deviations[power],
                    Arrays.stream(values).map(value -> Math.pow(value, p)).toArray());
        }
        int[] slices = Arrays.stream(values)
                .mapToInt(value -> Math.min(31, (int) (32 * NormalDistribution.at(value))))
                .toArray();
        assertEven(slices, 32);
    }

    @Test
    void wholeNumbersAreEven() {
        CounterRandom random = new CounterRandom(keys.nextLong());
        for (int bound : new int[] {1, 2, 7, 100}) {
            assertEven(IntStream.range(0, MANY).map(i -> random.below(bound, i)).toArray(), bound);
        }
        assertTrue(IntStream.range(0, 1000)
                .map(i -> random.below(Integer.MAX_VALUE, i))
                .allMatch(i -> i >= 0));
    }

    @Test
    void aPermutationHasEachNumberOnceAndAnyOfThemFirst() {
        CounterRandom random = new CounterRandom(keys.nextLong());
        int[] firsts = new int[20_000];
        for (int i = 0; i < firsts.length; i++) {
            int[] order = random.with(i).permutation(5);
            firsts[i] = order[0] + 5 * order[4];
            Arrays.sort(order);
            assertArrayEquals(new int[] {0, 1, 2, 3, 4}, order);
        }
        assertEven(Arrays.stream(firsts).map(i -> i % 5).toArray(), 5);
        assertEven(Arrays.stream(firsts).map(i -> i / 5).toArray(), 5);
        assertEquals(0, random.permutation(0).length);
        assertFalse(
                Arrays.equals(random.permutation(100), IntStream.range(0, 100).toArray()));
    }

    /** Counts per class by Pearson's chi-square, whose mean is k - 1 and variance 2 (k - 1). */
    private static void assertEven(int[] classes, int k) {
        int[] counts = new int[k];
        for (int c : classes) {
            counts[c]++;
        }
        double expected = (double) classes.length / k;
        double chi = Arrays.stream(counts)
                .mapToDouble(count -> (count - expected) * (count - expected) / expected)
                .sum();
        assertTrue(chi <= k - 1 + 8 * Math.sqrt(2.0 * k), "chi-square of " + k + " classes is " + chi);
    }
}
