package dev.graft.transformer.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.peft.spi.SettingsException;
import dev.graft.transformer.model.Generator.Options;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Tokens are drawn as often as their probabilities say. */
class SamplerTest {
    private static final float[] LOGITS = {0f, (float) Math.log(2), Float.NEGATIVE_INFINITY, (float) Math.log(5)};

    private static final int[] NOTHING = {};

    private static Sampling sampling(double temperature, int topK, double topP, double minP) {
        return new Sampling(temperature, topK, topP, minP, 1, 7);
    }

    private static double[] shares(Sampling sampling) {
        return shares(sampling, NOTHING);
    }

    private static double[] shares(Sampling sampling, int... context) {
        Sampler sampler = new Sampler(sampling);
        double[] shares = new double[LOGITS.length];
        for (int step = 0; step < 20_000; step++) {
            shares[sampler.choose(LOGITS, 3, step, context, context.length)] += 1 / 20_000.0;
        }
        return shares;
    }

    private static void near(double[] expected, double[] shares) {
        double sum = java.util.Arrays.stream(expected).sum();
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i] / sum, shares[i], expected[i] == 0 ? 0 : 0.01, "token " + i);
        }
    }

    @Test
    void sharesAreTheProbabilities() {
        near(new double[] {1, 2, 0, 5}, shares(sampling(1, 0, 1, 0)));
    }

    @Test
    void temperatureSharpens() {
        near(new double[] {1, 4, 0, 25}, shares(sampling(0.5, 0, 1, 0)));
        near(new double[] {0, 0, 0, 1}, shares(sampling(0, 0, 1, 0)));
    }

    /** 5/8 do not reach 0.7 alone; with 2/8 they do. */
    @Test
    void topPLeavesTheMostProbable() {
        near(new double[] {0, 2, 0, 5}, shares(sampling(1, 0, 0.7, 0)));
        near(new double[] {0, 0, 0, 1}, shares(sampling(1, 0, 0.6, 0)));
    }

    @Test
    void topKLeavesSoMany() {
        near(new double[] {0, 2, 0, 5}, shares(sampling(1, 2, 1, 0)));
        near(new double[] {0, 0, 0, 1}, shares(sampling(1, 1, 1, 0)));
        near(new double[] {1, 2, 0, 5}, shares(sampling(1, 100, 1, 0)));
    }

    @Test
    void minPLeavesWhatIsNearTheLargest() {
        near(new double[] {0, 2, 0, 5}, shares(sampling(1, 0, 1, 0.3)));
        near(new double[] {1, 2, 0, 5}, shares(sampling(1, 0, 1, 0.19)));
        near(new double[] {0, 0, 0, 1}, shares(sampling(1, 0, 1, 1)));
    }

    /** Of two tokens, 5/7 reach 0.7 alone. */
    @Test
    void eachReadsWhatTheOneBeforeLeft() {
        near(new double[] {0, 0, 0, 1}, shares(sampling(1, 2, 0.7, 0)));
    }

    @Test
    void whatTheTextHasIsLessProbable() {
        near(new double[] {1, 2, 0, Math.sqrt(5)}, shares(new Sampling(1, 0, 1, 0, 2, 7), 3, 2, 3));
        near(new double[] {0, 1, 0, 0}, shares(new Sampling(0, 0, 1, 0, 3, 7), 3));
    }

    @Test
    void theSeedTheTextAndTheStepDecide() {
        StringBuilder first = new StringBuilder();
        StringBuilder other = new StringBuilder();
        for (int step = 0; step < 50; step++) {
            Sampling sampling = sampling(1, 0, 1, 0);
            int chosen = new Sampler(sampling).choose(LOGITS, 0, step, NOTHING, 0);
            assertEquals(chosen, new Sampler(sampling).choose(LOGITS, 0, step, NOTHING, 0));
            first.append(chosen);
            other.append(new Sampler(sampling).choose(LOGITS, 1, step, NOTHING, 0));
        }
        assertNotEquals(first.toString(), other.toString());
    }

    @Test
    void rangesAreChecked() {
        refused("--max-new-tokens is 0", () -> Options.greedy(0));
        refused("--temperature is -1.0", () -> sampling(-1, 0, 1, 0));
        refused("--temperature is NaN", () -> sampling(Double.NaN, 0, 1, 0));
        refused("--top-k is -1", () -> sampling(1, -1, 1, 0));
        refused("--top-p is 0.0", () -> sampling(1, 0, 0, 0));
        refused("--min-p is 1.5", () -> sampling(1, 0, 1, 1.5));
        refused("--repetition-penalty is 0.0", () -> new Sampling(1, 0, 1, 0, 0, 0));
    }

    private static void refused(String part, Executable made) {
        String message = assertThrows(SettingsException.class, made).getMessage();
        assertTrue(message.contains(part) && message.contains("allowed"), message);
    }
}
