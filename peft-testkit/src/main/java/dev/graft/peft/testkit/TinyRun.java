package dev.graft.peft.testkit;

import dev.graft.training.MemoryStore;
import dev.graft.training.RunFolder;
import dev.graft.training.RunStore;
import dev.graft.training.TrainingListener;
import dev.graft.training.TrainingRun;
import dev.graft.training.TrainingSettings;
import dev.graft.training.data.ClassificationData;
import dev.graft.training.optimizer.Schedule;
import dev.graft.transformer.model.Adapter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A run of six steps on the tiny base, in memory or in a folder. */
final class TinyRun {
    static final int STEPS = 6;

    private final Bench bench;
    private final Case one;
    private final ClassificationData data;
    private final TrainingSettings settings;

    TinyRun(Bench bench, Case one, long seed) {
        this(bench, one, TinyData.classification(20, 5, 1), settings(STEPS, seed, true));
    }

    TinyRun(Bench bench, Case one, ClassificationData data, TrainingSettings settings) {
        this.bench = bench;
        this.one = one;
        this.data = data;
        this.settings = settings;
    }

    /** Everything that a run can have is on; micro-batches of 3, 3 and 2 rows. */
    static TrainingSettings settings(int steps, long seed, boolean shuffle) {
        return new TrainingSettings(
                1, steps, 8, 3, 0.02, 0.1, Schedule.CONSTANT, 1, 1, seed, TinyBase.LONGEST, shuffle, 2, 1, 0);
    }

    /**
     * What is left of a run.
     *
     * @param values the trained tensors by name
     * @param losses a step's number and loss
     */
    record Result(Map<String, float[]> values, List<double[]> losses) {}

    /** Trains from the start to the end in memory. */
    Result inMemory(int threads) throws IOException {
        try (Adapter adapter = bench.fresh(one.settings(), settings.seed())) {
            MemoryStore store = new MemoryStore();
            train(adapter, threads, store, TrainingListener.NONE);
            return new Result(Values.trained(adapter), store.losses());
        }
    }

    /** Trains an adapter. */
    void train(Adapter adapter, int threads, RunStore store, TrainingListener listener) throws IOException {
        try (TrainingRun run = open(adapter, threads, store)) {
            run.run(listener);
        }
    }

    /** A folder for a run's first start, or the one that it left. */
    RunFolder folder(Path folder) throws IOException {
        Map<String, Object> identity = identity();
        var notes = AdapterFiling.notes(bench, data.hash(), settings.toMap());
        return Files.exists(folder)
                ? RunFolder.open(folder, bench.base, notes, identity)
                : RunFolder.create(folder, bench.base, notes, identity);
    }

    private Map<String, Object> identity() throws IOException {
        Map<String, Object> identity = new LinkedHashMap<>(settings.toMap());
        identity.put("base", bench.base.fingerprint());
        identity.put("data", data.hash());
        return identity;
    }

    /** Prepares a run, from the last checkpoint if there is one. */
    TrainingRun open(Adapter adapter, int threads, RunStore store) throws IOException {
        TrainingRun run = new TrainingRun(bench.base, adapter, data, settings, bench.workers(threads), store);
        run.resume();
        return run;
    }

    /** A new adapter to train. */
    Adapter fresh() {
        return bench.fresh(one.settings(), settings.seed());
    }

    /** Writes what a run leaves. */
    void finish(RunFolder store, Adapter adapter) throws IOException {
        Map<String, Object> result = identity();
        result.put("finished", true);
        store.finish(adapter, result);
    }

    /** Starts a run in a folder, or goes on with the one that is there, until the end or until the listener throws. */
    void inFolder(Path folder, int threads, TrainingListener listener) throws IOException {
        try (RunFolder store = folder(folder);
                Adapter adapter = fresh()) {
            train(adapter, threads, store, listener);
            finish(store, adapter);
        }
    }
}
