package dev.graft.training.experiment;

import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.spi.file.AtomicFiles;
import dev.graft.peft.spi.file.Json;
import dev.graft.training.TrainingBench;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.MergeRefusedException;
import dev.graft.transformer.model.Workers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How long inference takes on random rows of some sizes: with the base alone, with an adapter, and with the adapter
 * merged, in turn, so that what slows the machine down slows all three. It is kept in the run's folder.
 */
final class Latencies {
    static final String PREFIX = "latency_ms_";
    static final String MERGED = "merged_";
    static final String BASE = "base_";
    private static final String FILE = "latency.json";

    /** Rows of a pass that one thread computes at once. */
    private static final int PART = 8;

    private final LatencyGrid grid;

    Latencies(LatencyGrid grid) {
        this.grid = grid;
    }

    /** What was measured before for a run at these sizes; null if one of them is missing. */
    Map<String, Object> read(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        if (!Files.exists(file)) {
            return null;
        }
        Map<String, Object> found = Json.read(file);
        for (int batch : grid.batches()) {
            for (int length : grid.lengths()) {
                if (!found.containsKey(key(batch, length))) {
                    return null;
                }
            }
        }
        return found;
    }

    /** Measures and keeps it. */
    Map<String, Object> measure(BaseModel base, PeftMethods methods, Adapter adapter, Workers workers, Path folder)
            throws IOException {
        Map<String, Object> found = new LinkedHashMap<>();
        try (BaseModel merged = merged(base, adapter, found);
                Adapter plain = plain(base, methods, adapter)) {
            for (int batch : grid.batches()) {
                for (int length : grid.lengths()) {
                    found.put(BASE + key(batch, length), time(base, plain, workers, batch, length));
                    found.put(key(batch, length), time(base, adapter, workers, batch, length));
                    if (merged != null) {
                        found.put(MERGED + key(batch, length), time(merged, null, workers, batch, length));
                    }
                }
            }
        }
        AtomicFiles.write(folder.resolve(FILE), Json.pretty(found) + "\n");
        return found;
    }

    /** The merged base, or null with the reason. */
    private static BaseModel merged(BaseModel base, Adapter adapter, Map<String, Object> found) {
        try {
            return base.merge(adapter);
        } catch (MergeRefusedException e) {
            found.put("not_merged", e.getMessage());
            return null;
        }
    }

    /** The base does what it does with the adapter: it classifies too, by a head alone. */
    private static Adapter plain(BaseModel base, PeftMethods methods, Adapter adapter) {
        return adapter.labels().isEmpty()
                ? null
                : Adapter.create(base, methods, Adapter.HEAD, Map.of(), adapter.labels(), adapter.perToken(), 0);
    }

    private static String key(int batch, int length) {
        return PREFIX + "b" + batch + "_t" + length;
    }

    private double time(BaseModel base, Adapter adapter, Workers workers, int batch, int length) {
        var work = new TrainingBench.Work(batch, length, Math.min(PART, batch), grid.rounds(), 0);
        return new TrainingBench(base, adapter, workers, work)
                .infer((long) (grid.warmUp() * 1e9))
                .msPerStep();
    }
}
