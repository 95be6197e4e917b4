package dev.graft.transformer.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.transformer.model.Generator.Options;
import org.junit.jupiter.api.Test;

/** Tokens are drawn as often as their probabilities say. */
class SamplerTest {
    private static final float[] LOGITS = {0f, (float) Math.log(2), Float.NEGATIVE_INFINITY, (float) Math.log(5)};

    private static double[] shares(Options options) {
        Sampler sampler = new Sampler(options);
        double[] shares = new double[LOGITS.length];
        for (int step = 0; step < 20_000; step++) {
            shares[sampler.choose(LOGITS, 3, step)] += 1 / 20_000.0;
        }
        return shares;
    }

    @Test
    void sharesAreTheProbabilities() {
        double[] shares = shares(new Options(1, 1, 1, 7, true));
        assertEquals(1 / 8.0, shares[0], 0.01);
        assertEquals(2 / 8.0, shares[1], 0.01);
        assertEquals(0, shares[2]);
        assertEquals(5 / 8.0, shares[3], 0.01);
    }

    @Test
    void temperatureSharpens() {
        double[] shares = shares(new Options(1, 0.5, 1, 7, true));
        assertEquals(25 / 30.0, shares[3], 0.01);
        assertEquals(1, shares(new Options(1, 0, 1, 7, true))[3], 1e-6);
    }

    /** 5/8 do not reach 0.7 alone; with 2/8 they do. */
    @Test
    void topPLeavesTheMostProbable() {
        double[] shares = shares(new Options(1, 1, 0.7, 7, true));
        assertEquals(0, shares[0]);
        assertEquals(5 / 7.0, shares[3], 0.01);
        assertEquals(1, shares(new Options(1, 1, 0.6, 7, true))[3], 1e-6);
    }

    @Test
    void theSeedTheTextAndTheStepDecide() {
        StringBuilder first = new StringBuilder();
        StringBuilder other = new StringBuilder();
        for (int step = 0; step < 50; step++) {
            Options options = new Options(1, 1, 1, 7, true);
            assertEquals(new Sampler(options).choose(LOGITS, 0, step), new Sampler(options).choose(LOGITS, 0, step));
            first.append(new Sampler(options).choose(LOGITS, 0, step));
            other.append(new Sampler(options).choose(LOGITS, 1, step));
        }
        assertNotEquals(first.toString(), other.toString());
    }

    @Test
    void rangesAreChecked() {
        assertTrue(assertThrows(IllegalArgumentException.class, () -> new Options(0, 0, 1, 0, true))
                .getMessage()
                .contains("max-new-tokens 0"));
        assertThrows(IllegalArgumentException.class, () -> new Options(1, -1, 1, 0, true));
        assertThrows(IllegalArgumentException.class, () -> new Options(1, Double.NaN, 1, 0, true));
        assertThrows(IllegalArgumentException.class, () -> new Options(1, 1, 0, 0, true));
    }
}
