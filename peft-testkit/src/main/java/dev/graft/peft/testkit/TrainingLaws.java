package dev.graft.peft.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.peft.spi.FrozenTensor;
import dev.graft.training.MemoryStore;
import dev.graft.training.TrainingListener;
import dev.graft.transformer.model.Adapter;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A run is a function of base, settings, data and seed. */
interface TrainingLaws {
    Bench bench();

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    default void anyNumberOfWorkersGivesTheSameBits(Case one) throws IOException {
        TinyRun run = new TinyRun(bench(), one, 1);
        TinyRun.Result alone = run.inMemory(1);
        for (int threads = 2; threads <= 3; threads++) {
            TinyRun.Result shared = run.inMemory(threads);
            Same.bits(alone.values(), shared.values(), threads + " workers instead of 1");
            for (int i = 0; i < TinyRun.STEPS; i++) {
                assertEquals(alone.losses().get(i)[1], shared.losses().get(i)[1], "loss of step " + (i + 1));
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    default void theSeedAloneDecides(Case one) throws IOException {
        TinyRun.Result first = new TinyRun(bench(), one, 1).inMemory(2);
        Same.bits(first.values(), new TinyRun(bench(), one, 1).inMemory(2).values(), "the same seed again");
        Map<String, float[]> other = new TinyRun(bench(), one, 2).inMemory(2).values();
        assertEquals(first.values().keySet(), other.keySet());
        assertTrue(
                first.values().entrySet().stream()
                        .anyMatch(entry -> !Arrays.equals(entry.getValue(), other.get(entry.getKey()))),
                "another seed gives the same adapter");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    default void trainingChangesTheDeclaredParametersAndNothingElse(Case one) throws IOException {
        try (Adapter adapter = bench().fresh(one.settings(), 1);
                Adapter other = bench().fresh(one.settings(), 2)) {
            String fingerprint = bench().base.computeFingerprint();
            Map<String, float[]> frozen = frozen();
            Map<String, float[]> fixed = Values.fixed(adapter);
            Map<String, float[]> before = Values.trained(adapter);
            Map<String, float[]> others = Values.trained(other);
            new TinyRun(bench(), one, 1).train(adapter, 2, new MemoryStore(), TrainingListener.NONE);
            assertEquals(fingerprint, bench().base.computeFingerprint(), "fingerprint of the base");
            Same.bits(frozen, frozen(), "weights of the base");
            Same.bits(fixed, Values.fixed(adapter), "values that are not trained");
            Same.bits(others, Values.trained(other), "values of another adapter");
            Values.trained(adapter)
                    .forEach((name, values) -> assertFalse(
                            Arrays.equals(before.get(name), values), "training left " + name + " as it was"));
        }
    }

    private Map<String, float[]> frozen() {
        Map<String, float[]> copies = new TreeMap<>();
        bench().base.shape().sites().stream()
                .flatMap(site -> Stream.concat(site.weight().stream(), site.bias().stream()))
                .forEach((FrozenTensor tensor) -> copies.put(tensor.name(), tensor.copy()));
        return copies;
    }
}
