package dev.graft.training.experiment;

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

/** How long inference takes with an adapter, as it is and merged, on random rows of some sizes. */
final class Latencies {
    static final String PREFIX = "latency_ms_";
    static final String MERGED = "merged_";
    private static final String FILE = "latency.json";

    private Latencies() {}

    /** What was measured before for a run; empty if nothing was. */
    static Map<String, Object> read(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        return Files.exists(file) ? Json.read(file) : Map.of();
    }

    /** Measures, and keeps it in the run's folder. */
    static void measure(LatencyGrid grid, BaseModel base, Adapter adapter, Workers workers, Path folder)
            throws IOException {
        Map<String, Object> found = new LinkedHashMap<>();
        measure(grid, base, adapter, workers, "", found);
        try (BaseModel merged = base.merge(adapter)) {
            measure(grid, merged, null, workers, MERGED, found);
        } catch (MergeRefusedException e) {
            found.put("not_merged", e.getMessage());
        }
        AtomicFiles.write(folder.resolve(FILE), Json.pretty(found) + "\n");
    }

    private static void measure(
            LatencyGrid grid,
            BaseModel base,
            Adapter adapter,
            Workers workers,
            String prefix,
            Map<String, Object> found) {
        for (int batch : grid.batches()) {
            for (int length : grid.lengths()) {
                int part = Math.max(1, Math.min(8, batch));
                var work = new TrainingBench.Work(batch, length, part, grid.rounds(), 0);
                double millis =
                        new TrainingBench(base, adapter, workers, work).infer().msPerStep();
                found.put(prefix + PREFIX + "b" + batch + "_t" + length, millis);
            }
        }
    }
}
