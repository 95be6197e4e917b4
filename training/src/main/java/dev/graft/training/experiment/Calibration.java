package dev.graft.training.experiment;

import dev.graft.peft.spi.file.AtomicFiles;
import dev.graft.peft.spi.file.Json;
import dev.graft.training.EncodedRows;
import dev.graft.training.MemoryStore;
import dev.graft.training.StepEngine;
import dev.graft.training.TrainingListener;
import dev.graft.training.TrainingRun;
import dev.graft.training.TrainingSettings;
import dev.graft.training.data.Batches;
import dev.graft.training.data.Split;
import dev.graft.training.plan.RunOrigin;
import dev.graft.training.plan.RunStart;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Workers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Turns a budget into a number of steps. */
final class Calibration {
    private static final int WARM_UP = 3;
    private static final int LEAST = 5;
    private static final double SHARE = 0.1;

    private final Lab lab;

    Calibration(Lab lab) {
        this.lab = lab;
    }

    /** Steps of a run; 0 where the budget is in epochs. */
    int steps(Cell cell, RunSpec spec) throws IOException {
        Budget budget = cell.experiment().budget();
        return switch (budget.kind()) {
            case EPOCHS -> 0;
            case STEPS -> (int) budget.amount();
            case TOKENS -> tokens(cell, spec, (long) budget.amount());
            case SECONDS -> seconds(cell, spec, budget.amount());
        };
    }

    /** The first number of steps that read so many tokens; known before, as the batches are. */
    private int tokens(Cell cell, RunSpec spec, long wanted) throws IOException {
        TrainingSettings settings = cell.settings(spec, 1);
        try (BaseModel base = lab.opening().base(cell.baseName())) {
            EncodedRows rows = EncodedRows.of(base, null, cell.rows().data(), Split.TRAIN, settings.maxLength());
            int[] lengths = rows.lengths();
            Batches batches = settings.shuffle()
                    ? Batches.shuffled(lengths, settings.batchSize(), settings.microBatch(), settings.seed())
                    : Batches.inFileOrder(lengths.length, settings.batchSize(), settings.microBatch());
            long read = 0;
            int steps = 0;
            while (read < wanted) {
                for (int[] part : batches.at(steps).microBatches()) {
                    for (int row : part) {
                        read += lengths[row];
                    }
                }
                steps++;
            }
            return steps;
        }
    }

    /** Timed once for each variant and rate's method, and kept: a run that goes on has the steps that it began with. */
    private int seconds(Cell cell, RunSpec spec, double seconds) throws IOException {
        Path file = lab.folder().resolve("steps.json");
        Map<String, Object> known = Files.exists(file) ? new LinkedHashMap<>(Json.read(file)) : new LinkedHashMap<>();
        String key = cell.text() + ", " + spec.variant().name() + ", " + seconds + " seconds";
        if (known.get(key) instanceof Number steps) {
            return steps.intValue();
        }
        int steps = (int) Math.max(1, Math.floor(seconds / secondsPerStep(cell, spec, seconds)));
        known.put(key, steps);
        Files.createDirectories(lab.folder());
        AtomicFiles.write(file, Json.pretty(known) + "\n");
        return steps;
    }

    private double secondsPerStep(Cell cell, RunSpec spec, double seconds) throws IOException {
        RunOrigin origin = new RunOrigin(spec.variant().method(), spec.variant().settings(), null, null);
        TrainingSettings settings = cell.settings(spec, Integer.MAX_VALUE).with(spec.rate(), spec.seed());
        try (BaseModel base = lab.opening().base(cell.baseName());
                Workers workers = lab.opening().workers();
                RunStart start =
                        RunStart.open(base, lab.methods(), origin, cell.rows().data(), spec.seed());
                TrainingRun run =
                        new TrainingRun(base, start.adapter(), start.data(), settings, workers, new MemoryStore())) {
            StepEngine engine = StepEngine.local(workers);
            for (int i = 0; i < WARM_UP; i++) {
                run.advance(engine, TrainingListener.NONE);
            }
            StepClock clock = new StepClock(TrainingListener.NONE);
            while (clock.steps() < LEAST || clock.seconds() < SHARE * seconds) {
                run.advance(engine, clock);
            }
            return clock.seconds() / clock.steps();
        }
    }
}
