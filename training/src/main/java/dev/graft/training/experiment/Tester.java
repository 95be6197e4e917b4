package dev.graft.training.experiment;

import dev.graft.training.data.ClassificationData;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.AdapterFolder;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Workers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Looks at the test rows with the best adapter of a run, once, and measures what else the experiment asks for: what was
 * found is kept in the run's folder.
 */
final class Tester {
    private final Lab lab;

    Tester(Lab lab) {
        this.lab = lab;
    }

    /**
     * What is found with an adapter.
     *
     * @param rows of the test
     * @param general loss on general text, or nothing
     * @param latencies of inference, or nothing
     */
    record Found(Tested rows, Map<String, Object> general, Map<String, Object> latencies) {}

    Found test(Cell cell, Trained trained) throws IOException {
        Experiment experiment = cell.experiment();
        Path folder = trained.folder();
        Latencies times = experiment.latency() == null ? null : new Latencies(experiment.latency());
        Forgetting forgetting =
                experiment.forgetting() == null ? null : Forgetting.open(experiment, lab, cell.maxLength());
        Tested rows = Tested.read(folder);
        Map<String, Object> general = forgetting == null ? Map.of() : forgetting.read(folder);
        Map<String, Object> latencies = times == null ? Map.of() : times.read(folder);
        if (rows != null && general != null && latencies != null) {
            return new Found(rows, general, latencies);
        }
        try (BaseModel base = lab.opening().base(cell.baseName());
                Workers workers = lab.opening().workers();
                Adapter adapter = AdapterFolder.load(base, lab.methods(), trained.adapter())
                        .adapter()) {
            requireOrder(cell, adapter);
            return new Found(
                    rows != null ? rows : rows(cell, base, adapter, workers, folder),
                    general != null ? general : forgetting.measure(base, adapter, workers, folder),
                    latencies != null ? latencies : times.measure(base, lab.methods(), adapter, workers, folder));
        }
    }

    private static Tested rows(Cell cell, BaseModel base, Adapter adapter, Workers workers, Path folder)
            throws IOException {
        TestRows rows = new TestRows(base, adapter, cell.rows().data(), cell.maxLength(), workers);
        Map<String, Object> figures =
                new LinkedHashMap<>(rows.figures(cell.experiment().maxNewTokens()));
        return Tested.write(folder, figures, rows.lines());
    }

    /** The adapter was trained on these very labels; another order would be a bug that no figure shows. */
    private static void requireOrder(Cell cell, Adapter adapter) {
        if (cell.rows().data() instanceof ClassificationData data
                && !data.labels().equals(adapter.labels())) {
            throw new IllegalStateException(
                    "the adapter has the labels " + adapter.labels() + ", the data " + data.labels());
        }
    }
}
