package dev.graft.training.experiment;

import dev.graft.training.data.ClassificationData;
import dev.graft.training.data.GenerationData;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.AdapterFolder;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Workers;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Looks at the test rows with the best adapter of a run, once: what was found is kept in the run's folder. */
final class Tester {
    private final Lab lab;

    Tester(Lab lab) {
        this.lab = lab;
    }

    Tested test(Cell cell, Trained trained) throws IOException {
        Tested before = Tested.read(trained.folder());
        if (before != null) {
            return before;
        }
        try (BaseModel base = lab.opening().base(cell.baseName());
                Workers workers = lab.opening().workers();
                Adapter adapter = AdapterFolder.load(base, lab.methods(), trained.adapter())
                        .adapter()) {
            requireOrder(cell, adapter);
            TestRows rows = new TestRows(base, adapter, cell.rows().data(), cell.maxLength(), workers);
            Experiment experiment = cell.experiment();
            Map<String, Object> figures = new LinkedHashMap<>(rows.figures(experiment.maxNewTokens()));
            if (experiment.forgetting() != null) {
                GenerationData texts = Forgetting.read(experiment.forgetting(), base);
                figures.putAll(Forgetting.figures(texts, base, adapter, cell.maxLength(), workers));
            }
            if (experiment.latency() != null) {
                Latencies.measure(experiment.latency(), base, adapter, workers, trained.folder());
            }
            return Tested.write(trained.folder(), figures, rows.lines());
        }
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
