package dev.graft.training.optimizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.autograd.CounterRandom;
import dev.graft.autograd.memory.Storage;
import dev.graft.autograd.memory.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AdamWTest {
    /** torch may fuse a product and a sum into one rounding where Java rounds twice. */
    private static final double ULPS = 4;

    @Test
    void everyStepIsThatOfTorch() {
        assertEquals(4, Fixture.OPTIMIZER.get("adamw").size());
        for (JsonNode run : Fixture.OPTIMIZER.get("adamw")) {
            List<Trained> trained = trained(run);
            double decay = run.get("weight_decay").doubleValue();
            double maxNorm = run.get("max_norm").doubleValue();
            try (AdamW adam = new AdamW(trained, AdamW.Options.withDecay(decay))) {
                for (JsonNode step : run.get("steps")) {
                    List<Tensor> gradients = tensors(step.get("gradients"));
                    if (maxNorm > 0) {
                        double norm = GradientClip.norm(trained, gradients);
                        assertEquals(step.get("norm").doubleValue(), norm, 3e-7 * norm);
                        GradientClip.apply(gradients, norm, maxNorm);
                        near(step.get("clipped"), gradients, "clipped gradients");
                    }
                    adam.step(step.get("learning_rate").doubleValue(), gradients);
                    near(
                            step.get("values"),
                            trained.stream().map(Trained::value).toList(),
                            "step " + adam.steps());
                }
                for (int i = 0; i < trained.size(); i++) {
                    JsonNode moments = run.get("moments").get(i);
                    AdamState.Moments ours = adam.state().moments().get(i);
                    meanNear(Fixture.floats(moments.get(0)), ours.mean(), run, i);
                    near(Fixture.floats(moments.get(1)), ours.square(), "square");
                }
            }
        }
    }

    /** Gradients of both signs cancel in the mean, so that roundings count against the largest of them. */
    private static void meanNear(float[] expected, float[] actual, JsonNode run, int tensor) {
        for (int e = 0; e < expected.length; e++) {
            float largest = 0;
            for (JsonNode step : run.get("steps")) {
                largest = Math.max(
                        largest,
                        Math.abs(step.get("gradients").get(tensor).get(e).floatValue()));
            }
            assertEquals(expected[e], actual[e], Math.ulp(largest), "mean of tensor " + tensor + ", element " + e);
        }
    }

    private static List<Trained> trained(JsonNode run) {
        List<Trained> trained = new ArrayList<>();
        for (int i = 0; i < run.get("start").size(); i++) {
            JsonNode group = Fixture.OPTIMIZER.get("groups").get(i);
            trained.add(new Trained(
                    "tensor " + i,
                    Fixture.tensor(Fixture.floats(run.get("start").get(i))),
                    group.get("rate_scale").doubleValue(),
                    group.get("decays").booleanValue()));
        }
        return trained;
    }

    private static List<Tensor> tensors(JsonNode lists) {
        List<Tensor> tensors = new ArrayList<>();
        lists.forEach(list -> tensors.add(Fixture.tensor(Fixture.floats(list))));
        return tensors;
    }

    private static void near(JsonNode expected, List<Tensor> actual, String what) {
        for (int i = 0; i < actual.size(); i++) {
            near(Fixture.floats(expected.get(i)), actual.get(i).toArray(), what);
        }
    }

    private static void near(float[] expected, float[] actual, String what) {
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], actual[i], ULPS * Math.ulp(expected[i]), what + ", element " + i);
        }
    }

    @Test
    void piecesInAnyOrderOnAnyThreadGiveTheSameBits() {
        int[] sizes = {1, 5000, 1, 1023, 40_000, 0, 2049};
        float[][] whole = run(sizes, 1);
        for (int pieces : new int[] {2, 3, 7, 64, 100_000}) {
            float[][] cut = run(sizes, pieces);
            for (int i = 0; i < sizes.length; i++) {
                assertArrayEquals(bits(whole[i]), bits(cut[i]), pieces + " pieces, tensor " + i);
            }
        }
    }

    private static float[][] run(int[] sizes, int pieces) {
        CounterRandom random = new CounterRandom(1);
        List<Trained> trained = Arrays.stream(sizes)
                .mapToObj(n -> new Trained("t", Fixture.tensor(numbers(random.with(n), n)), 1, true))
                .toList();
        try (AdamW adam = new AdamW(trained, AdamW.Options.withDecay(0.01))) {
            for (int step = 0; step < 3; step++) {
                CounterRandom own = random.with("gradients").with(step);
                List<Tensor> gradients = Arrays.stream(sizes)
                        .mapToObj(n -> Fixture.tensor(numbers(own.with(n), n)))
                        .toList();
                List<Runnable> work = new ArrayList<>(adam.step(1e-2, gradients, pieces));
                Collections.reverse(work);
                work.parallelStream().forEach(Runnable::run);
            }
        }
        return trained.stream().map(one -> one.value().toArray()).toArray(float[][]::new);
    }

    private static float[] numbers(CounterRandom random, int n) {
        float[] numbers = new float[n];
        for (int i = 0; i < n; i++) {
            numbers[i] = (float) random.gaussian(i);
        }
        return numbers;
    }

    private static int[] bits(float[] values) {
        return IntStream.range(0, values.length)
                .map(i -> Float.floatToRawIntBits(values[i]))
                .toArray();
    }

    @Test
    void aRestoredOptimizerGoesOnWithTheSameBits() {
        Tensor through = Fixture.tensor(1, -2, 3);
        Tensor stopped = Fixture.tensor(1, -2, 3);
        Tensor gradient = Fixture.tensor(0.1f, 0.2f, -0.3f);
        AdamState state;
        try (AdamW adam = new AdamW(List.of(new Trained("w", through, 1, true)), AdamW.Options.withDecay(0.1))) {
            for (int i = 0; i < 6; i++) {
                adam.step(0.1, List.of(gradient));
            }
        }
        try (AdamW adam = new AdamW(List.of(new Trained("w", stopped, 1, true)), AdamW.Options.withDecay(0.1))) {
            for (int i = 0; i < 3; i++) {
                adam.step(0.1, List.of(gradient));
            }
            state = adam.state();
        }
        try (AdamW adam = new AdamW(List.of(new Trained("w", stopped, 1, true)), AdamW.Options.withDecay(0.1))) {
            adam.restore(state);
            for (int i = 0; i < 3; i++) {
                adam.step(0.1, List.of(gradient));
            }
            assertEquals(6, adam.steps());
        }
        assertArrayEquals(bits(through.toArray()), bits(stopped.toArray()));
    }

    @Test
    void whatDoesNotFitIsRefused() {
        Trained w = new Trained("w", Fixture.tensor(1, 2), 1, true);
        try (AdamW adam = new AdamW(List.of(w), AdamW.Options.withDecay(0))) {
            refused("gradients for 1 tensors", () -> adam.step(0.1, List.of()));
            refused("the gradient of w has shape [3]", () -> adam.step(0.1, List.of(Fixture.tensor(1, 2, 3))));
            refused("the learning rate is NaN", () -> adam.step(Double.NaN, List.of(Fixture.tensor(1, 2))));
            refused("state has 0 tensors", () -> adam.restore(new AdamState(1, List.of())));
            var other = new AdamState.Moments("v", new float[2], new float[2]);
            refused("state has v with 2", () -> adam.restore(new AdamState(1, List.of(other))));
            var longer = new AdamState.Moments("w", new float[2], new float[3]);
            refused("run has w with 2", () -> adam.restore(new AdamState(1, List.of(longer))));
            assertEquals(0, adam.steps());
        }
        Tensor frozen =
                Tensor.over(Storage.readOnly(ByteBuffer.allocateDirect(16).asReadOnlyBuffer()), 0, 2);
        refused("it is frozen", () -> new Trained("w", frozen, 1, true));
        refused("a view with gaps", () -> new Trained("w", w.value().view(0, new long[] {2}, new long[] {2}), 1, true));
        refused("factor on the learning rate is NaN", () -> new Trained("w", w.value(), Double.NaN, true));
    }

    private static void refused(String part, Runnable action) {
        var error = assertThrows(IllegalArgumentException.class, action::run);
        assertTrue(error.getMessage().contains(part), error.getMessage());
    }
}
