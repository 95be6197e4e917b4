package dev.graft.cli;

import dev.graft.peft.spi.PeftMethods;
import dev.graft.training.EncodedRows;
import dev.graft.training.Evaluation;
import dev.graft.training.LearningRates;
import dev.graft.training.RunFolder;
import dev.graft.training.TrainingListener;
import dev.graft.training.TrainingRun;
import dev.graft.training.TrainingSettings;
import dev.graft.training.TrainingState;
import dev.graft.training.plan.CommandText;
import dev.graft.training.plan.RunRecord;
import dev.graft.training.plan.RunStart;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Workers;
import java.io.IOException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A run with all that belongs to it, from its options to its folder. */
final class OpenRun implements AutoCloseable {
    private final RunOptions options;
    private final BaseModel base;
    private final RunStart start;
    private final RunRecord record;
    private final RunFolder folder;
    private final TrainingRun run;
    private final long from;

    /**
     * Prepares a run; nothing is written before it begins.
     *
     * @param command that is recorded
     */
    OpenRun(
            RunOptions options,
            BaseModel base,
            PeftMethods methods,
            Workers workers,
            List<String> command,
            Console console,
            Clock clock)
            throws IOException {
        this.options = options;
        this.base = base;
        start = RunStart.open(
                base,
                methods,
                options.start().origin(),
                options.data().read(),
                options.train().seed());
        try {
            TrainingSettings settings = settings(methods);
            record = new RunRecord(base, start, settings, workers);
            folder = options.resume()
                    ? RunFolder.open(options.output(), base, record.notes(), record.identity())
                    : RunFolder.create(
                            options.output(),
                            base,
                            record.notes(),
                            record.whole(CommandText.of(command), options.data().source(), clock));
            run = run(settings, workers);
            from = options.resume() ? run.resume() : 0;
        } catch (IOException | RuntimeException e) {
            start.close();
            throw e;
        }
        if (options.resume()) {
            console.err().println("going on after step " + from + " of " + run.steps());
        }
        if (run.truncated() > 0) {
            console.err().println(run.truncated() + " rows are longer than --max-length and were cut");
        }
    }

    private TrainingSettings settings(PeftMethods methods) {
        Adapter adapter = start.adapter();
        return options.train()
                .settings(
                        adapter.method(),
                        LearningRates.of(methods, start.method()),
                        EncodedRows.mostTokens(base, adapter));
    }

    private TrainingRun run(TrainingSettings settings, Workers workers) throws IOException {
        try {
            return new TrainingRun(base, start.adapter(), start.data(), settings, workers, folder);
        } catch (RuntimeException e) {
            folder.close();
            throw e;
        }
    }

    /** The run itself. */
    TrainingRun run() {
        return run;
    }

    /** Steps that earlier processes did. */
    long from() {
        return from;
    }

    /** Its options. */
    RunOptions options() {
        return options;
    }

    /** Hash of the base's weights before the run. */
    String fingerprint() {
        return record.fingerprint();
    }

    /**
     * Tells a meter of its progress.
     *
     * @param name in front of what is said of it, or empty
     */
    static TrainingListener listener(Meter meter, String name) {
        return new TrainingListener() {
            @Override
            public void step(long step, long total, double loss, long tokens) {
                meter.advance(1, tokens, String.format(Locale.ROOT, "%sloss %.4f", name, loss));
            }

            @Override
            public void evaluation(long step, Evaluation evaluation, boolean best) {
                meter.say(name + "step " + step + ": validation " + evaluation.text()
                        + (best ? ", the best so far" : ""));
            }
        };
    }

    /** Writes the adapter of the last step and returns what came out. */
    Map<String, Object> finish(TrainingState state, Meter meter, Clock clock) throws IOException {
        Map<String, Object> result =
                RunRecord.result(state, from, run.truncated(), meter.seconds(), meter.tokensPerSecond(), clock);
        folder.finish(start.adapter(), result);
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("output", options.output().toString());
        summary.put("method", start.adapter().method());
        summary.put("trainable", start.adapter().trainedCount());
        summary.put("base_parameters", base.shape().parameters());
        summary.putAll(result);
        return summary;
    }

    @Override
    public void close() throws IOException {
        run.close();
        folder.close();
        start.close();
    }
}
