package dev.graft.peft.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.peft.spi.file.SafetensorsFile;
import dev.graft.training.MemoryStore;
import dev.graft.training.TrainingListener;
import dev.graft.training.TrainingSettings;
import dev.graft.training.TrainingStoppedException;
import dev.graft.transformer.model.Adapter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A run whose loss is no number. It needs a word whose embedding overflows, which a model cannot have that predicts words
 * by the same table.
 */
interface OverflowLaw {
    Bench bench();

    /** The rows of step 4 overflow: what the run leaves is what three steps give, and it can be resumed. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    default void aLossThatIsNoNumberKeepsTheStateBefore(Case one) throws IOException {
        var data = TinyData.overflowing(48, 27, 1);
        Map<String, float[]> good = afterThreeSteps(new TinyRun(bench(), one, data, whole()), one);
        Path folder = bench().file("run");
        TinyRun run = new TinyRun(bench(), one, data, whole());
        for (int attempt = 0; attempt < 2; attempt++) {
            var error =
                    assertThrows(TrainingStoppedException.class, () -> run.inFolder(folder, 2, TrainingListener.NONE));
            assertTrue(error.getMessage().contains("step 4 of 6"), error.getMessage());
            assertTrue(error.getMessage().contains(folder.resolve("checkpoint").toString()), error.getMessage());
            assertFalse(
                    Files.exists(folder.resolve(AdapterFiling.TENSORS)), "there is an adapter of a run that failed");
            try (SafetensorsFile state = SafetensorsFile.open(folder.resolve("checkpoint/state.safetensors"))) {
                for (Map.Entry<String, float[]> expected : good.entrySet()) {
                    Same.bits(expected.getValue(), state.floats("value." + expected.getKey()), expected.getKey());
                }
            }
            assertEquals(
                    3,
                    Files.readAllLines(folder.resolve("metrics.jsonl")).stream()
                            .filter(line -> line.contains("\"loss\""))
                            .count());
        }
        try (Adapter adapter = bench().fresh(one.settings(), 1)) {
            Same.bits(bench().logits(adapter), bench().logits(adapter), "output after a failure");
        }
    }

    private static TrainingSettings whole() {
        return TinyRun.settings(TinyRun.STEPS, 1, false);
    }

    /** The values after step 3 of a run that stops at step 4: what a method does may depend on the whole run's length. */
    private Map<String, float[]> afterThreeSteps(TinyRun run, Case one) throws IOException {
        Map<String, float[]> values = new TreeMap<>();
        try (Adapter adapter = bench().fresh(one.settings(), 1)) {
            assertThrows(
                    TrainingStoppedException.class,
                    () -> run.train(adapter, 1, new MemoryStore(), new TrainingListener() {
                        @Override
                        public void step(long step, long total, double loss, long tokens) {
                            values.putAll(Values.trained(adapter));
                        }
                    }));
        }
        return values;
    }
}
