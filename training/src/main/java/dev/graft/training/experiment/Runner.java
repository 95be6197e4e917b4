package dev.graft.training.experiment;

import dev.graft.training.Memory;
import dev.graft.training.RunFolder;
import dev.graft.training.TrainingListener;
import dev.graft.training.TrainingRun;
import dev.graft.training.TrainingSettings;
import dev.graft.training.TrainingState;
import dev.graft.training.TrainingStoppedException;
import dev.graft.training.plan.RunOrigin;
import dev.graft.training.plan.RunRecord;
import dev.graft.training.plan.RunStart;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Workers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Does runs of an experiment, each in its own folder as {@code graft train} leaves it: one that is done is not done
 * again, one that was cut off goes on from its checkpoint.
 *
 * <p>Every run opens the base and starts the threads anew, so that it neither profits from what earlier ones prepared
 * nor counts it as its own memory.
 */
final class Runner {
    private final Lab lab;
    private final Calibration calibration;

    Runner(Lab lab) {
        this.lab = lab;
        this.calibration = new Calibration(lab);
    }

    /** The folder of a run. */
    Path folder(Cell cell, RunSpec spec) {
        return lab.runs().resolve(cell.name(spec));
    }

    /**
     * Does a run, or what is left of it. One that diverges is noted as failed.
     *
     * @throws IllegalStateException if the run changed the base
     */
    Trained train(Cell cell, RunSpec spec, TrainingListener listener) throws IOException {
        Path folder = folder(cell, spec);
        Trained done = Trained.read(folder);
        if (done != null) {
            return done;
        }
        TrainingSettings settings = cell.settings(spec, calibration.steps(cell, spec));
        RunOrigin origin = new RunOrigin(spec.variant().method(), spec.variant().settings(), null, null);
        Memory.giveBack();
        Memory.resetPeak();
        try (BaseModel base = lab.opening().base(cell.baseName());
                Workers workers = lab.opening().workers();
                RunStart start =
                        RunStart.open(base, lab.methods(), origin, cell.rows().data(), spec.seed())) {
            RunRecord record = new RunRecord(base, start, settings, workers);
            String command = TrainCommandWords.of(cell, spec, settings, lab.words(), folder);
            boolean begun = Files.exists(folder.resolve("run.json"));
            try (RunFolder store = begun
                            ? RunFolder.open(folder, base, record.notes(), record.identity())
                            : RunFolder.create(
                                    folder,
                                    base,
                                    record.notes(),
                                    record.whole(command, cell.rows().source(), lab.clock()));
                    TrainingRun run = new TrainingRun(base, start.adapter(), start.data(), settings, workers, store)) {
                train(run, begun, start, store, base, workers, listener);
            } catch (TrainingStoppedException e) {
                Trained.fail(folder, e.getMessage());
            }
            base.verify(record.fingerprint());
        }
        return Trained.read(folder);
    }

    private void train(
            TrainingRun run,
            boolean begun,
            RunStart start,
            RunFolder store,
            BaseModel base,
            Workers workers,
            TrainingListener listener)
            throws IOException {
        long from = begun ? run.resume() : 0;
        StepClock clock = new StepClock(listener);
        TrainingState end = run.run(clock);
        Map<String, Object> measured = new LinkedHashMap<>(clock.figures());
        measured.put("peak_rss_mib", Memory.peakMiB());
        measured.put(
                "weight_bytes",
                base.weightBytes() + Float.BYTES * start.adapter().trainedCount());
        measured.put("activation_bytes", workers.passBytes());
        double speed = measured.get("tokens_per_second") instanceof Double value ? value : 0;
        Map<String, Object> result =
                new LinkedHashMap<>(RunRecord.result(end, from, run.truncated(), clock.seconds(), speed, lab.clock()));
        result.put(Trained.MEASURED, measured);
        store.finish(start.adapter(), result);
    }
}
