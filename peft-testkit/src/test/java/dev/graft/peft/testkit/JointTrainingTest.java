package dev.graft.peft.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.peft.spi.PeftMethods;
import dev.graft.training.JointTraining;
import dev.graft.training.MemoryStore;
import dev.graft.training.RunFolder;
import dev.graft.training.TrainingListener;
import dev.graft.training.TrainingRun;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.BaseModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Several runs in one: their folders, one that fails, one that was killed, and what is refused. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JointTrainingTest {
    private static final Case SHIFT = new Case("default", Map.of("dropout", 0.2));
    private Bench bench;

    @BeforeAll
    void open() throws IOException {
        bench = new Bench(new ShiftMethod(), new PeftMethods(List.of(new ShiftMethod())), "bert");
    }

    @AfterAll
    void close() throws IOException {
        bench.close();
    }

    /** Runs in folders, at once; returns how each ended. */
    private List<JointTraining.Outcome> atOnce(List<TinyRun> runs, List<Path> folders, List<TrainingListener> listeners)
            throws IOException {
        List<AutoCloseable> opened = new ArrayList<>();
        try {
            List<TrainingRun> prepared = new ArrayList<>();
            List<RunFolder> stores = new ArrayList<>();
            List<Adapter> adapters = new ArrayList<>();
            for (int i = 0; i < runs.size(); i++) {
                adapters.add(runs.get(i).fresh());
                stores.add(runs.get(i).folder(folders.get(i)));
                prepared.add(runs.get(i).open(adapters.get(i), 2, stores.get(i)));
                opened.addAll(List.of(adapters.get(i), stores.get(i), prepared.get(i)));
            }
            List<JointTraining.Outcome> ended = new JointTraining(prepared, bench.workers(2)).run(listeners);
            for (int i = 0; i < runs.size(); i++) {
                if (ended.get(i).stopped() == null) {
                    runs.get(i).finish(stores.get(i), adapters.get(i));
                }
            }
            return ended;
        } finally {
            for (AutoCloseable each : opened) {
                closed(each);
            }
        }
    }

    private static void closed(AutoCloseable each) throws IOException {
        try {
            each.close();
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<TrainingListener> silent(int count) {
        return new ArrayList<>(java.util.Collections.nCopies(count, TrainingListener.NONE));
    }

    @Test
    void everyFolderHasTheBytesThatItHasAlone() throws IOException {
        List<TinyRun> runs = new ArrayList<>();
        List<Path> alone = new ArrayList<>();
        List<Path> joint = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            runs.add(new TinyRun(
                    bench, SHIFT, TinyData.classification(16 + i, 5, i), TinyRun.settings(3 + 2 * i, i, i != 1)));
            alone.add(bench.file("alone"));
            joint.add(bench.file("joint"));
            runs.get(i).inFolder(alone.get(i), 1, TrainingListener.NONE);
        }
        atOnce(runs, joint, silent(3));
        for (int i = 0; i < 3; i++) {
            AdapterFiling.assertSameFiles(alone.get(i), joint.get(i));
        }
    }

    @Test
    void aRunThatStopsLeavesTheOthersAlone() throws IOException {
        TinyRun sound = new TinyRun(bench, SHIFT, 1);
        TinyRun unsound =
                new TinyRun(bench, SHIFT, TinyData.overflowing(48, 27, 1), TinyRun.settings(TinyRun.STEPS, 1, false));
        Path alone = bench.file("alone");
        sound.inFolder(alone, 1, TrainingListener.NONE);
        List<Path> folders = List.of(bench.file("unsound"), bench.file("sound"));
        List<JointTraining.Outcome> ended = atOnce(List.of(unsound, sound), folders, silent(2));
        String message = ended.get(0).stopped().getMessage();
        assertTrue(message.contains("step 4 of 6") && message.contains("not finite"), message);
        assertEquals(3, ended.get(0).state().step());
        assertFalse(Files.exists(folders.get(0).resolve(AdapterFiling.TENSORS)));
        assertNull(ended.get(1).stopped());
        AdapterFiling.assertSameFiles(alone, folders.get(1));
    }

    /** One was cut off in step 3, the other in step 5; resumed together they end as they do alone. */
    @Test
    void runsThatWereCutOffAtDifferentStepsAreResumedTogether() throws IOException {
        List<TinyRun> runs = List.of(new TinyRun(bench, SHIFT, 1), new TinyRun(bench, SHIFT, 2));
        List<Path> alone = List.of(bench.file("alone"), bench.file("alone"));
        List<Path> killed = List.of(bench.file("killed"), bench.file("killed"));
        for (int i = 0; i < 2; i++) {
            Path whole = alone.get(i);
            Path copy = killed.get(i);
            int last = 3 + 2 * i;
            runs.get(i).inFolder(whole, 1, new TrainingListener() {
                @Override
                public void step(long step, long total, double loss, long tokens) {
                    if (step == last) {
                        AdapterFiling.copy(whole, copy);
                    }
                }
            });
        }
        atOnce(runs, killed, silent(2));
        for (int i = 0; i < 2; i++) {
            AdapterFiling.assertSameFiles(alone.get(i), killed.get(i));
        }
    }

    @Test
    void whatDoesNotGoTogetherIsRefused() throws IOException {
        assertThrows(IllegalArgumentException.class, () -> new JointTraining(List.of(), bench.workers));
        TinyRun run = new TinyRun(bench, SHIFT, 1);
        try (Bench other = new Bench(new ShiftMethod(), bench.methods, "bert");
                Adapter adapter = run.fresh();
                Adapter elsewhere = new TinyRun(other, SHIFT, 1).fresh();
                TrainingRun first = run.open(adapter, 1, new MemoryStore());
                TrainingRun second = run.open(adapter, 1, new MemoryStore());
                TrainingRun third = new TinyRun(other, SHIFT, 1).open(elsewhere, 1, new MemoryStore())) {
            assertRefused(List.of(first, second), "shift is trained by two runs");
            BaseModel base = other.base;
            assertRefused(List.of(first, third), base.directory().toString());
            JointTraining one = new JointTraining(List.of(first), bench.workers);
            assertThrows(IllegalArgumentException.class, () -> one.run(List.of()));
        }
    }

    private void assertRefused(List<TrainingRun> runs, String needle) {
        var error = assertThrows(IllegalArgumentException.class, () -> new JointTraining(runs, bench.workers));
        assertTrue(error.getMessage().contains(needle), error.getMessage());
    }
}
