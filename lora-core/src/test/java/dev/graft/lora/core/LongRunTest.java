package dev.graft.lora.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.autograd.kernel.MathMode;
import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.testkit.TinyBase;
import dev.graft.peft.testkit.TinyData;
import dev.graft.training.Memory;
import dev.graft.training.MemoryStore;
import dev.graft.training.TrainingListener;
import dev.graft.training.TrainingRun;
import dev.graft.training.TrainingSettings;
import dev.graft.training.optimizer.Schedule;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Workers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A run of 10,000 steps needs the memory of one of 2,000. */
class LongRunTest {
    private static final int STEPS = 10_000;
    private static final int SETTLED = 2_000;

    /** The compiler's own memory still moves; a leak of one tiny tensor a step is more. */
    private static final long NOISE_MIB = 8;

    @TempDir
    Path folder;

    @Test
    @EnabledOnOs(OS.LINUX)
    void residentMemoryIsFlat() throws IOException {
        TrainingSettings settings = new TrainingSettings(
                1, STEPS, 2, 1, 1e-3, 0.01, Schedule.LINEAR, 0, 1, 0, TinyBase.POSITIONS, true, STEPS, STEPS, 0);
        Peaks peaks = new Peaks();
        try (BaseModel base = BaseModel.open(TinyBase.write(folder, 1));
                Workers workers = new Workers(MathMode.FP32, 2);
                Adapter adapter = Adapter.create(
                        base, new PeftMethods(List.of(new LoraMethod())), "lora", Map.of(), TinyBase.LABELS, 0);
                TrainingRun run = new TrainingRun(
                        base, adapter, TinyData.classification(40, 2, 1), settings, workers, new MemoryStore())) {
            run.run(peaks);
        }
        assertEquals(STEPS, peaks.steps);
        assertTrue(
                peaks.late - peaks.early <= NOISE_MIB,
                "resident memory was " + peaks.early + " MiB after " + SETTLED + " steps and " + peaks.late
                        + " MiB after " + STEPS);
    }

    /** Looks at the process's size twice. */
    private static final class Peaks implements TrainingListener {
        private long early;
        private long late;
        private long steps;

        @Override
        public void step(long step, long total, double loss, long tokens) {
            steps = step;
            if (step == SETTLED) {
                early = now();
            } else if (step == STEPS) {
                late = now();
            }
        }

        private static long now() {
            Memory.giveBack();
            assertTrue(Memory.resetPeak(), "Linux sets the peak back");
            return Memory.peakMiB();
        }
    }
}
