package dev.graft.cli;

import dev.graft.peft.spi.PeftMethods;
import dev.graft.training.Evaluation;
import dev.graft.training.LearningRates;
import dev.graft.training.RunFolder;
import dev.graft.training.TrainingListener;
import dev.graft.training.TrainingRun;
import dev.graft.training.TrainingSettings;
import dev.graft.training.TrainingState;
import dev.graft.training.TrainingStoppedException;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Workers;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains an adapter. */
@Command(
        name = "train",
        description =
                "Trains an adapter for classification or generation, and leaves it in a folder with the best one by validation, "
                        + "the losses and everything that is needed to repeat the run.")
final class TrainCommand implements Callable<Integer> {
    private static final String RESUME = "--resume";

    private final Console console;
    private final Clock clock;

    @Spec
    private CommandSpec spec;

    @Mixin
    private BaseOptions baseOptions;

    @Mixin
    private DataOptions dataOptions;

    @Mixin
    private StartOptions startOptions;

    @Mixin
    private TrainOptions trainOptions;

    @Mixin
    private ComputeOptions compute;

    @Mixin
    private PluginOptions plugins;

    @Mixin
    private Report report;

    @Option(
            names = "--output",
            required = true,
            paramLabel = "DIR",
            description = "The run's folder; it must not exist yet or be empty.")
    private Path output;

    @Option(
            names = RESUME,
            description = "Go on with the run in --output, which was cut off, from its last checkpoint.")
    private boolean resume;

    @Inject
    TrainCommand(Console console, Clock clock) {
        this.console = console;
        this.clock = clock;
    }

    @Override
    public Integer call() throws IOException {
        PeftMethods methods = plugins.methods();
        try (BaseModel base = baseOptions.open();
                StartOptions.Start start = startOptions.open(base, methods, dataOptions.read(), trainOptions.seed());
                Workers workers = compute.workers()) {
            String method = start.adapter().method();
            TrainingSettings settings = trainOptions.settings(method, LearningRates.of(methods, method));
            RunRecord record = new RunRecord(base, start, settings, workers);
            try (RunFolder folder = folder(base, record);
                    TrainingRun run = new TrainingRun(base, start.adapter(), start.data(), settings, workers, folder)) {
                Map<String, Object> result = train(run);
                verify(base, record.fingerprint());
                folder.finish(start.adapter(), result);
                Map<String, Object> summary = new LinkedHashMap<>();
                summary.put("output", output.toString());
                summary.put("method", method);
                summary.put("trainable", start.adapter().trainedCount());
                summary.put("base_parameters", base.shape().parameters());
                summary.putAll(result);
                report.print(summary);
            }
        }
        return 0;
    }

    private RunFolder folder(BaseModel base, RunRecord record) throws IOException {
        if (resume) {
            return RunFolder.open(output, base, record.notes(), record.identity());
        }
        List<String> command =
                new ArrayList<>(spec.root().commandLine().getParseResult().originalArgs());
        return RunFolder.create(output, base, record.notes(), record.whole(command, dataOptions.source(), clock));
    }

    private Map<String, Object> train(TrainingRun run) throws IOException {
        long from = resume ? run.resume() : 0;
        if (resume) {
            console.err().println("going on after step " + from + " of " + run.steps());
        }
        if (run.truncated() > 0) {
            console.err().println(run.truncated() + " rows are longer than --max-length and were cut");
        }
        try (Interruption noted = Interruption.during(output, console);
                Meter meter = new Meter(console, clock, "train", "steps", from, run.steps())) {
            TrainingState state = run.run(listener(meter));
            return RunRecord.result(state, from, run.truncated(), meter, clock);
        }
    }

    private static TrainingListener listener(Meter meter) {
        return new TrainingListener() {
            @Override
            public void step(long step, long total, double loss, long tokens) {
                meter.advance(1, tokens, String.format(Locale.ROOT, "loss %.4f", loss));
            }

            @Override
            public void evaluation(long step, Evaluation evaluation, boolean best) {
                meter.say("step " + step + ": validation " + evaluation.text() + (best ? ", the best so far" : ""));
            }
        };
    }

    /** The base is frozen four times over; this is the proof. */
    private static void verify(BaseModel base, String before) throws IOException {
        try {
            base.verify(before);
        } catch (IllegalStateException e) {
            throw new TrainingStoppedException(
                    "the base is not what it was before the run, so the adapter cannot be trusted: " + e.getMessage());
        }
    }
}
