package dev.graft.cli;

import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.spi.SettingsException;
import dev.graft.peft.spi.file.Json;
import dev.graft.training.TrainingListener;
import dev.graft.training.experiment.Experiment;
import dev.graft.training.experiment.ExperimentFile;
import dev.graft.training.experiment.ExperimentReport;
import dev.graft.training.experiment.ExperimentRun;
import dev.graft.training.experiment.Lab;
import dev.graft.training.experiment.Outcome;
import dev.graft.training.experiment.Result;
import dev.graft.training.plan.CommandText;
import dev.graft.training.plan.Machine;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Workers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** Does the experiment of a file, or what is left of it, and prints what came out. */
final class CompareFile {
    /** The file in the folder of an experiment. */
    private static final String NAME = "experiment.json";

    /** Options that say what the file says. */
    private static final List<String> OF_THE_FILE = List.of("--full", "--epochs", "--max-length");

    private final Console console;
    private final Clock clock;
    private final CommandSpec spec;
    private final BaseOptions base;
    private final CompareOptions options;
    private final ComputeOptions compute;
    private final PluginOptions plugins;

    CompareFile(
            Console console,
            Clock clock,
            CommandSpec spec,
            BaseOptions base,
            CompareOptions options,
            ComputeOptions compute,
            PluginOptions plugins) {
        this.console = console;
        this.clock = clock;
        this.spec = spec;
        this.base = base;
        this.options = options;
        this.compute = compute;
        this.plugins = plugins;
    }

    /** The opened bases and threads of the runs. */
    private final class Opened implements Lab.Opening {
        @Override
        public BaseModel base(String name) throws IOException {
            return BaseModel.open(BaseOptions.directory(name), base.dtype());
        }

        @Override
        public Workers workers() {
            return compute.workers();
        }
    }

    /** Does it all; returns the exit code: 1 if a run failed. */
    int call(Path given, boolean json) throws IOException {
        Path file = Files.isDirectory(given) ? given.resolve(NAME) : given;
        ParseResult typed = spec.commandLine().getParseResult();
        for (String option : OF_THE_FILE) {
            if (typed.hasMatchedOption(option)) {
                throw new SettingsException(option + " was given with " + file
                        + ", which says it itself; allowed with a file: --base, --data, --methods, --seeds, --quick, "
                        + "--report, --format, --json, and how it is computed");
            }
        }
        PeftMethods methods = plugins.methods();
        Experiment experiment = ExperimentFile.read(file, options.quick(), changes(typed));
        Path folder = options.report(experiment.name() + (experiment.quick() ? "-quick" : ""), typed);
        Lab lab = new Lab(new Opened(), methods, folder, words(typed), clock);
        announce(experiment, folder);
        Outcome outcome = new ExperimentRun(experiment, lab, this::progress).run(provenance(file, experiment));
        ExperimentReport.write(outcome, folder.resolve("report.html"));
        return print(outcome, folder, json);
    }

    private ExperimentFile.Changes changes(ParseResult given) {
        return new ExperimentFile.Changes(
                given.hasMatchedOption("--base") ? base.name() : null,
                options.dataFolder() == null ? null : options.dataFolder().toString(),
                given.hasMatchedOption("--methods") ? options.methods(List.of()) : null,
                given.hasMatchedOption("--seeds") ? options.seeds() : null);
    }

    /** What a command needs to compute in the same way. */
    private List<String> words(ParseResult given) {
        List<String> words = new ArrayList<>(List.of("--math", compute.math()));
        for (String option : List.of("--base-dtype", "--plugins")) {
            if (given.hasMatchedOption(option)) {
                words.addAll(List.of(
                        option, given.<Object>matchedOptionValue(option, null).toString()));
            }
        }
        return words;
    }

    private void announce(Experiment experiment, Path folder) {
        console.err()
                .println(experiment.name() + (experiment.quick() ? ", quick" : "") + ": "
                        + (experiment.trains()
                                ? runs(experiment)
                                : experiment.bases().size() + " bases")
                        + experiment.studies().stream()
                                .map(study -> ", study " + study.id())
                                .collect(Collectors.joining()));
        console.err().println("runs and results: " + folder.toAbsolutePath());
    }

    private static String runs(Experiment experiment) {
        return experiment.variants().size() + " variants, " + count(experiment.bases(), "base") + ", "
                + experiment.data().size() + " data, " + count(experiment.seeds(), "seed") + ", "
                + experiment.budget().text() + " a run; " + experiment.tuning().text();
    }

    private static String count(List<?> things, String name) {
        return things.size() + " " + name + (things.size() == 1 ? "" : "s");
    }

    private Map<String, String> provenance(Path file, Experiment experiment) throws IOException {
        Map<String, String> facts = new LinkedHashMap<>();
        List<String> typed =
                new ArrayList<>(spec.root().commandLine().getParseResult().originalArgs());
        facts.put("command", CommandText.of(typed));
        facts.put("experiment", file.toString());
        for (String name : experiment.bases()) {
            try (BaseModel opened = new Opened().base(name)) {
                facts.put("base " + name + ", fingerprint", opened.fingerprint());
                facts.put("base " + name + ", tokenizer", opened.tokenizer().hash());
            }
        }
        try (Workers workers = compute.workers()) {
            facts.put("math", workers.math().label());
            facts.put("threads", String.valueOf(workers.threads()));
            Machine.versions(workers).forEach((name, version) -> facts.put(name, String.valueOf(version)));
        }
        facts.put("CPU", Machine.cpu());
        facts.put("time", clock.instant().toString());
        return facts;
    }

    private TrainingListener progress(String title) {
        return new MeteredRun(console, clock, title);
    }

    private int print(Outcome outcome, Path folder, boolean json) {
        List<Result> failed = outcome.results().stream()
                .filter(result -> result.failure() != null)
                .toList();
        if (json) {
            Map<String, Object> whole = new LinkedHashMap<>();
            whole.put("folder", folder.toString());
            whole.put("digest", outcome.digest());
            whole.put("results", outcome.rows());
            whole.put("studies", outcome.studyRows());
            console.out().println(Json.line(whole));
        } else {
            console.out().print(options.format().of(outcome));
        }
        failed.forEach(result -> console.err()
                .println("failed: " + result.variant().name() + ", seed " + result.seed() + ": " + result.failure()));
        console.err().println("digest of what a repetition gives again: " + outcome.digest());
        console.err().println("report: " + folder.resolve("report.html").toAbsolutePath());
        return failed.isEmpty() ? 0 : 1;
    }
}
