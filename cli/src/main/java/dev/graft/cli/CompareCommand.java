package dev.graft.cli;

import com.google.inject.Inject;
import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.spi.SettingsException;
import dev.graft.training.EncodedRows;
import dev.graft.training.LearningRates;
import dev.graft.training.TrainingListener;
import dev.graft.training.TrainingSettings;
import dev.graft.training.compare.Comparer;
import dev.graft.training.compare.Comparison;
import dev.graft.training.compare.ComparisonJson;
import dev.graft.training.compare.ComparisonPlan;
import dev.graft.training.compare.ComparisonTable;
import dev.graft.training.compare.HtmlReport;
import dev.graft.training.compare.Provenance;
import dev.graft.training.data.ClassificationData;
import dev.graft.training.data.Split;
import dev.graft.training.optimizer.Schedule;
import dev.graft.training.plan.CommandText;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Workers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Trains methods side by side and reports which one wins. */
@Command(
        name = "compare",
        description = "Trains methods and baselines on one base and one data set, ranks them, and writes a report. "
                + "Without arguments: the embedded model and data, a quick set of 1000 training rows.")
final class CompareCommand implements Callable<Integer> {
    private final Console console;
    private final Clock clock;

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "FILE",
            arity = "0..1",
            description =
                    "The file of an experiment, or its folder (docs/experiments.md): it is done, or what is left of it. --base, "
                            + "--data, --methods and --seeds replace what it says; --quick takes a first look.")
    private Path file;

    @Mixin
    private BaseOptions baseOptions;

    @Mixin
    private CompareOptions options;

    @Mixin
    private ComputeOptions compute;

    @Mixin
    private PluginOptions plugins;

    @Option(names = "--json", description = "Print the comparison as one line of JSON instead of a table.")
    private boolean json;

    @Inject
    CompareCommand(Console console, Clock clock) {
        this.console = console;
        this.clock = clock;
    }

    @Override
    public Integer call() throws IOException {
        if (file != null) {
            return new CompareFile(console, clock, spec, baseOptions, options, compute, plugins).call(file, json);
        }
        PeftMethods methods = plugins.methods();
        Path folder = options.report();
        ClassificationData data = options.data();
        Comparer comparer = new Comparer(new Fresh(), methods, data);
        ComparisonPlan plan = plan(methods, length(comparer, methods));
        Provenance provenance = announce(data, plan);
        Comparison comparison = comparer.run(plan, provenance, this::progress);
        HtmlReport.write(comparison, folder.resolve("report.html"));
        CompareOptions.write(folder.resolve("results.json"), ComparisonJson.of(comparison));
        print(comparison, folder);
        return 0;
    }

    /** What a run computes with, as the options say. */
    private final class Fresh implements Comparer.Opening {
        @Override
        public BaseModel base() throws IOException {
            return baseOptions.open();
        }

        @Override
        public Workers workers() {
            return compute.workers();
        }
    }

    /** Most tokens of a row, the same for all methods. */
    private int length(Comparer comparer, PeftMethods methods) throws IOException {
        Integer given = options.maxLength();
        if (given != null) {
            return given;
        }
        int usual = EncodedRows.defaultLength(Integer.MAX_VALUE);
        return EncodedRows.defaultLength(comparer.mostTokens(plan(methods, usual)));
    }

    private ComparisonPlan plan(PeftMethods methods, int maxLength) {
        TrainingSettings training = new TrainingSettings(
                options.epochs(), 0, 32, 8, 1, 0.01, Schedule.LINEAR, 0, 0, 0, maxLength, true, 0, 0, 0);
        return new ComparisonPlan(
                options.methods(plugins.added()),
                Map.of(),
                method -> LearningRates.of(methods, method)
                        .orElseThrow(() -> new SettingsException("method '" + method
                                + "' has no learning rate of its own; train it alone with graft train "
                                + "--learning-rate, and give --methods without it")),
                LongStream.range(0, options.seeds()).boxed().toList(),
                training);
    }

    /** Says what is compared, and returns where everything came from. */
    private Provenance announce(ClassificationData data, ComparisonPlan plan) throws IOException {
        try (BaseModel base = baseOptions.open();
                Workers workers = compute.workers()) {
            announce(base, data, workers, plan);
            int length = plan.training().maxLength();
            int cut = CompareOrigin.cut(base, data, length);
            if (cut > 0) {
                console.err().println(cut + " rows are longer than --max-length (" + length + ") and are cut");
            }
            List<String> command =
                    new ArrayList<>(spec.root().commandLine().getParseResult().originalArgs());
            Provenance found =
                    CompareOrigin.of(baseOptions, options, base, data, workers, CommandText.of(command), clock);
            return found.with("most tokens a row", length + ", " + cut + " rows were longer and are cut");
        }
    }

    private void announce(BaseModel base, ClassificationData data, Workers workers, ComparisonPlan plan) {
        console.err()
                .println("base: " + CompareOrigin.base(baseOptions) + ", "
                        + base.shape().parameters() + " parameters");
        console.err()
                .println("data: " + CompareOrigin.data(options) + ", "
                        + data.labels().size() + " classes, "
                        + data.rows(Split.TRAIN).size() + " training, "
                        + data.rows(Split.VALIDATION).size() + " validation and "
                        + data.rows(Split.TEST).size() + " test rows");
        console.err()
                .println("methods: " + String.join(", ", plan.methods()) + "; " + options.seeds() + " seed"
                        + (options.seeds() == 1 ? "" : "s") + ", " + options.epochs() + " epoch"
                        + (options.epochs() == 1 ? "" : "s") + ", "
                        + workers.math().label() + ", " + workers.threads() + " threads");
    }

    private TrainingListener progress(String method, long seed, int run, int runs) {
        String title = method + ", seed " + seed + " (" + run + " of " + runs + ")";
        return new MeteredRun(console, clock, title);
    }

    private String text(Comparison comparison) {
        return switch (options.format()) {
            case TEXT -> "\n" + ComparisonTable.toText(comparison);
            case MARKDOWN -> ComparisonTable.toMarkdown(comparison);
            case CSV -> ComparisonTable.toCsv(comparison);
            case LATEX -> ComparisonTable.toLatex(comparison);
        };
    }

    private void print(Comparison comparison, Path folder) {
        if (json) {
            console.out().println(ComparisonJson.of(comparison));
        } else {
            console.out().print(text(comparison));
        }
        console.err().println();
        console.err().println("report: " + folder.resolve("report.html").toAbsolutePath());
        CompareOrigin.next(comparison.ranked().get(0).first().method()).forEach(console.err()::println);
    }
}
