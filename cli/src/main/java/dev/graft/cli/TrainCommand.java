package dev.graft.cli;

import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.spi.SettingsException;
import dev.graft.training.FinishedRunException;
import dev.graft.training.JointTraining;
import dev.graft.training.TrainingListener;
import dev.graft.training.TrainingStoppedException;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Workers;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains an adapter, or several at once. */
@Command(
        name = "train",
        description =
                "Trains an adapter for classification or generation, and leaves it in a folder with the best one by validation, "
                        + "the losses and everything that is needed to repeat the run.")
final class TrainCommand implements Callable<Integer> {
    private final Console console;
    private final Clock clock;

    @Spec
    private CommandSpec spec;

    @Mixin
    private BaseOptions baseOptions;

    @Mixin
    private RunOptions options;

    @Mixin
    private ComputeOptions compute;

    @Mixin
    private PluginOptions plugins;

    @Mixin
    private Report report;

    @Option(
            names = RunsFile.OPTION,
            paramLabel = "FILE.jsonl",
            description =
                    "Train several adapters at once on the base, each as if alone: one JSON object a line, with the options "
                            + "that differ from those given here, such as {\"method\": \"lora\", \"set\": {\"r\": 4}, "
                            + "\"output\": \"runs/a\"}.")
    private Path runs;

    @Inject
    TrainCommand(Console console, Clock clock) {
        this.console = console;
        this.clock = clock;
    }

    @Override
    public Integer call() throws IOException {
        List<OptionSpec> given = spec.commandLine().getParseResult().matchedOptions();
        List<String> typed =
                new ArrayList<>(spec.root().commandLine().getParseResult().originalArgs());
        List<RunsFile.Line> lines =
                runs == null ? List.of(new RunsFile.Line(null, options, typed)) : RunsFile.read(runs, given);
        lines.forEach(line -> line.options().output());
        PeftMethods methods = plugins.methods();
        List<OpenRun> opened = new ArrayList<>();
        try (BaseModel base = baseOptions.open();
                Workers workers = compute.workers()) {
            try {
                open(lines, opened, base, methods, workers);
                train(base, workers, opened);
            } finally {
                for (OpenRun run : opened) {
                    run.close();
                }
            }
        }
        return 0;
    }

    /** Opens all runs that are not finished; at least one. */
    private void open(
            List<RunsFile.Line> lines, List<OpenRun> opened, BaseModel base, PeftMethods methods, Workers workers)
            throws IOException {
        List<FinishedRunException> finished = new ArrayList<>();
        for (RunsFile.Line line : lines) {
            try {
                opened.add(new OpenRun(line.options(), base, methods, workers, line.command(), console, clock));
            } catch (FinishedRunException e) {
                finished.add(e);
            } catch (SettingsException e) {
                throw line.where() == null ? e : new SettingsException(line.where() + ": " + e.getMessage());
            }
        }
        if (opened.isEmpty()) {
            throw finished.get(0);
        }
        finished.forEach(e -> console.err().println(e.getMessage() + "; it stays as it is"));
    }

    private void train(BaseModel base, Workers workers, List<OpenRun> opened) throws IOException {
        long from = opened.stream().mapToLong(OpenRun::from).sum();
        long total = opened.stream().mapToLong(run -> run.run().steps()).sum();
        List<Path> folders = opened.stream().map(run -> run.options().output()).toList();
        List<Map<String, Object>> done = new ArrayList<>(Collections.nCopies(folders.size(), null));
        List<String> stopped = new ArrayList<>();
        try (Interruption noted = Interruption.during(folders, console);
                Meter meter = new Meter(console, clock, "train", "steps", from, total)) {
            List<TrainingListener> listeners = folders.stream()
                    .map(folder -> OpenRun.listener(meter, name(folder)))
                    .toList();
            new JointTraining(opened.stream().map(OpenRun::run).toList(), workers).run(listeners, (i, outcome) -> {
                verify(base, opened.get(0).fingerprint());
                if (outcome.stopped() == null) {
                    done.set(i, opened.get(i).finish(outcome.state(), meter, clock));
                } else {
                    stopped.add(name(folders.get(i)) + outcome.stopped().getMessage());
                }
            });
        }
        print(done.stream().filter(Objects::nonNull).toList());
        if (!stopped.isEmpty()) {
            throw new TrainingStoppedException(String.join("; ", stopped));
        }
    }

    /** Says which of several runs is meant. */
    private String name(Path folder) {
        return runs == null ? "" : folder + ": ";
    }

    private void print(List<Map<String, Object>> done) {
        if (runs != null && report.json() && !done.isEmpty()) {
            report.print(Map.of("runs", done));
            return;
        }
        for (int i = 0; i < done.size(); i++) {
            if (i > 0) {
                console.out().println();
            }
            report.print(done.get(i));
        }
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
