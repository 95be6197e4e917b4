package dev.graft.training.statistics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.autograd.CounterRandom;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Intervals, paired tests and the correction for many, beside figures worked out by hand and by drawing many cases. */
class StatisticsTest {
    @Test
    void anIntervalIsStudentsOverTheSeeds() {
        Interval found = Interval.of(0.80, 0.82, 0.87);
        assertEquals(0.83, found.mean(), 1e-12);
        assertEquals(Math.sqrt((9 + 1 + 16) / 2.0) / 100, found.deviation(), 1e-12);
        // 4.302653: the 97.5 % point of t with 2 degrees of freedom, as printed tables have it
        assertEquals(4.302653 * found.deviation() / Math.sqrt(3), found.half(), 1e-7);
        assertEquals(found.mean() - found.half(), found.low(), 1e-12);
        assertTrue(Double.isNaN(Interval.of(0.5).low()), "one seed says nothing of the spread");
        assertThrows(IllegalArgumentException.class, Interval::of);
    }

    @Test
    void mcNemarCountsTheTailsOfFairCoins() {
        // 12 rows, 2 or fewer on one side: 2 * (1 + 12 + 66) / 2^12
        assertEquals(2 * 79 / 4096.0, McNemar.probability(10, 2), 1e-12);
        assertEquals(McNemar.probability(10, 2), McNemar.probability(2, 10), 0);
        assertEquals(1, McNemar.probability(0, 0), 0);
        assertEquals(1, McNemar.probability(5, 5), 0);
        assertThrows(IllegalArgumentException.class, () -> McNemar.probability(-1, 2));
    }

    @Test
    void holmMultipliesBySteps() {
        assertArrayEquals(new double[] {0.03, 0.06, 0.06, 0.02}, Holm.adjusted(0.01, 0.04, 0.03, 0.005), 1e-12);
        assertArrayEquals(new double[] {1, 1}, Holm.adjusted(0.9, 0.6), 0);
        assertArrayEquals(new double[] {}, Holm.adjusted(), 0);
    }

    /** Right with a probability of its own in each row and seed. */
    private static double[][] scores(CounterRandom random, double probability, int seeds, int rows) {
        double[][] scores = new double[seeds][rows];
        for (int seed = 0; seed < seeds; seed++) {
            for (int row = 0; row < rows; row++) {
                scores[seed][row] = random.with(seed).uniform(row) < probability ? 1 : 0;
            }
        }
        return scores;
    }

    @Test
    void theBootstrapSeesALargeDifferenceAndNoneWhereThereIsNone() {
        CounterRandom random = new CounterRandom(1);
        double[][] good = scores(random.with("good"), 0.9, 3, 200);
        double[][] poor = scores(random.with("poor"), 0.6, 3, 200);
        PairedBootstrap drawn = new PairedBootstrap(List.of(good, poor, good), 1000, 7);
        PairedBootstrap.Difference large = drawn.compare(0, 1);
        assertTrue(large.probability() < 0.01 && large.low() > 0.2 && large.high() < 0.4, large.toString());
        assertEquals(new PairedBootstrap.Difference(0, 0, 0, 1), drawn.compare(0, 2));
        assertEquals(large, new PairedBootstrap(List.of(good, poor), 1000, 7).compare(0, 1), "the same drawings");
        assertEquals(-large.mean(), drawn.compare(1, 0).mean(), 0);
        assertThrows(
                IllegalArgumentException.class, () -> new PairedBootstrap(List.of(good, new double[3][10]), 10, 0));
    }

    /** Where methods are equally good, about 5 of 100 tests err; with 300 cases 2.5 to 8 are within 2 deviations. */
    @Test
    void theBootstrapErrsAsOftenAsItSays() {
        int cases = 300;
        int false_ = 0;
        for (int i = 0; i < cases; i++) {
            CounterRandom random = new CounterRandom(i).with("none");
            double[][] one = scores(random.with("one"), 0.7, 1, 100);
            double[][] other = scores(random.with("other"), 0.7, 1, 100);
            false_ += new PairedBootstrap(List.of(one, other), 400, i)
                                    .compare(0, 1)
                                    .probability()
                            < 0.05
                    ? 1
                    : 0;
        }
        double share = (double) false_ / cases;
        assertTrue(share > 0.02 && share < 0.085, share + " of the tests found a difference that is not there");
    }
}
