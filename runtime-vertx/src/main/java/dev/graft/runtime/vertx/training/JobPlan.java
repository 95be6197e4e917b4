package dev.graft.runtime.vertx.training;

import dev.graft.peft.spi.SettingsException;
import dev.graft.training.EncodedRows;
import dev.graft.training.LearningRates;
import dev.graft.training.MemoryStore;
import dev.graft.training.RunStore;
import dev.graft.training.TrainingRun;
import dev.graft.training.TrainingSettings;
import dev.graft.training.data.DataSet;
import dev.graft.training.plan.DataSource;
import dev.graft.training.plan.GivenSettings;
import dev.graft.training.plan.RunRecord;
import dev.graft.training.plan.RunStart;
import java.io.IOException;

/**
 * What a job comes to on this node's base: its rows are read, its adapter is made, its settings are whole.
 *
 * @param start adapter and rows
 * @param settings of the training
 * @param record what run.json will say
 */
record JobPlan(RunStart start, TrainingSettings settings, RunRecord record) implements AutoCloseable {
    /**
     * Opens all that a run needs.
     *
     * @throws SettingsException if something is wrong with the job, or it was given for other rows or another base
     * @throws IOException if its files are wrong or cannot be read
     */
    static JobPlan open(RunningJob.Shared shared, JobSpec spec) throws IOException {
        DataSet data = DataSource.read(spec.data(), spec.lossOn());
        spec.compare(data.hash(), shared.base().fingerprint());
        long seed = GivenSettings.seed(spec.training());
        RunStart start = RunStart.open(shared.base(), shared.methods(), spec.origin(), data, seed);
        try {
            TrainingSettings settings = GivenSettings.read(
                    spec.training(),
                    start.adapter().method(),
                    LearningRates.of(shared.methods(), start.method()),
                    EncodedRows.mostTokens(shared.base(), start.adapter()));
            return new JobPlan(start, settings, new RunRecord(shared.base(), start, settings, shared.workers()));
        } catch (IOException | RuntimeException e) {
            start.close();
            throw e;
        }
    }

    /** Sees whether a job could begin, and keeps nothing; throws as {@link #open} does. */
    static void check(RunningJob.Shared shared, JobSpec spec) throws IOException {
        try (JobPlan plan = open(shared, spec)) {
            plan.run(shared, new MemoryStore()).close();
        }
    }

    /** The run itself, whose checkpoints and figures go to a store. */
    TrainingRun run(RunningJob.Shared shared, RunStore store) {
        return new TrainingRun(shared.base(), start.adapter(), start.data(), settings, shared.workers(), store);
    }

    @Override
    public void close() {
        start.close();
    }
}
