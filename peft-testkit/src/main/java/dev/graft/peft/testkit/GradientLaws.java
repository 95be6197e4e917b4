package dev.graft.peft.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.autograd.CounterRandom;
import dev.graft.transformer.model.Adapter;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the gradient is, and what it may not depend on. */
interface GradientLaws {
    Bench bench();

    /** False where a gradient takes something as constant that is not. */
    boolean isExactGradient(String settings, String tensor);

    /** With dropout on, so that the masks of the forward and the backward pass must be the same. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    default void analyticGradientsEqualNumericOnes(Case one) {
        try (Adapter adapter = bench().lively(one.settings(), 1);
                Gradients loss =
                        new Gradients(bench().base, adapter, bench().rows.subList(0, 4))) {
            int clear = bench().compute(compute -> new NumericGradient(compute, loss)
                    .check(adapter, parameter -> isExactGradient(one.name(), parameter.name())));
            long tensors = adapter.tensors().trained().stream()
                    .filter(parameter -> isExactGradient(one.name(), parameter.name()))
                    .count();
            assertTrue(
                    2L * clear > tensors,
                    "only " + clear + " of " + tensors + " tensors have a gradient above the noise of fp32");
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    default void aStepInMicroBatchesIsTheStepAtOnce(Case one) {
        try (Adapter adapter = bench().lively(one.settings(), 1);
                Gradients loss =
                        new Gradients(bench().base, adapter, bench().rows.subList(0, 8))) {
            bench().compute(compute -> {
                double whole = loss.loss(compute, null);
                float[] expected = loss.gradient();
                float[] sum = new float[expected.length];
                double parts = 0;
                for (int from = 0; from < 8; from += 3) {
                    parts += loss.part(compute, from, Math.min(8, from + 3), null);
                    float[] part = loss.gradient();
                    for (int i = 0; i < sum.length; i++) {
                        sum[i] += part[i];
                    }
                }
                assertEquals(whole, parts, Math.abs(whole) * Same.ROUNDING, "loss in parts");
                Same.rounded(new float[][] {expected}, new float[][] {sum}, "gradient in parts");
                return null;
            });
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    default void aMicroBatchDoesNotDependOnWhatItsThreadDidBefore(Case one) {
        try (Adapter adapter = bench().lively(one.settings(), 1);
                Gradients loss = new Gradients(bench().base, adapter, bench().rows)) {
            CounterRandom dropout = new CounterRandom(5);
            List<float[]> computed = bench().compute(compute -> {
                loss.part(compute, 0, 3, dropout.with(0));
                float[] first = loss.gradient();
                loss.part(compute, 3, 9, dropout.with(1));
                loss.part(compute, 0, 3, dropout.with(0));
                assertTrue(compute.arena().empty(), "a pass keeps memory of the arena");
                return List.of(first, loss.gradient());
            });
            Same.bits(computed.get(0), computed.get(1), "gradient of a micro-batch, computed twice");
        }
    }
}
