package dev.graft.runtime.vertx.training;

import dev.graft.peft.spi.PeftMethods;
import dev.graft.training.EncodedRows;
import dev.graft.training.LearningRates;
import dev.graft.training.RunFolder;
import dev.graft.training.TrainingListener;
import dev.graft.training.TrainingRun;
import dev.graft.training.TrainingSettings;
import dev.graft.training.plan.DataSource;
import dev.graft.training.plan.GivenSettings;
import dev.graft.training.plan.RunRecord;
import dev.graft.training.plan.RunStart;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Workers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;

/** A job as one process runs it. */
final class Alone {
    private Alone() {}

    static void run(JobSpec spec, BaseModel base, PeftMethods methods, Workers workers, Path output)
            throws IOException {
        long seed = ((Number) spec.training().get("seed")).longValue();
        try (RunStart start =
                RunStart.open(base, methods, spec.origin(), DataSource.read(spec.data(), spec.lossOn()), seed)) {
            TrainingSettings settings = GivenSettings.read(
                    spec.training(),
                    start.adapter().method(),
                    LearningRates.of(methods, start.method()),
                    EncodedRows.mostTokens(base, start.adapter()));
            RunRecord record = new RunRecord(base, start, settings, workers);
            try (RunFolder folder = RunFolder.create(
                            output, base, record.notes(), record.whole("test", spec.data(), Clock.systemUTC()));
                    TrainingRun run = new TrainingRun(base, start.adapter(), start.data(), settings, workers, folder)) {
                run.run(TrainingListener.NONE);
                folder.finish(start.adapter(), Map.of());
            }
        }
    }
}
