package dev.graft.cli;

import dev.graft.peft.spi.SettingsException;
import dev.graft.training.Completions;
import dev.graft.training.Evaluation;
import dev.graft.training.Predictor;
import dev.graft.training.TokenPredictor;
import dev.graft.training.TokenScores;
import dev.graft.training.WrittenTexts;
import dev.graft.training.data.Example;
import dev.graft.training.data.Examples;
import dev.graft.training.data.GenerationExamples;
import dev.graft.training.data.GenerationRow;
import dev.graft.training.data.Split;
import dev.graft.training.data.TokenExample;
import dev.graft.training.data.TokenExamples;
import dev.graft.training.data.WordNetData;
import dev.graft.training.metric.Classification;
import dev.graft.training.plan.LabelNames;
import dev.graft.transformer.model.Workers;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures a model on rows with the answers. */
@Command(
        name = "evaluate",
        description =
                "Measures a model on rows: accuracy, macro F1 and loss of classes; loss, perplexity and exact match "
                        + "of completions (with their end token, given the prompt).")
final class EvaluateCommand implements Callable<Integer> {
    private final Console console;
    private final Clock clock;

    @Mixin
    private ClassifierOptions classifier;

    @Mixin
    private ComputeOptions compute;

    @Mixin
    private Report report;

    @Option(
            names = "--data",
            required = true,
            paramLabel = "FILE|DIR|wordnet",
            description =
                    "Labelled rows: a .jsonl file, a data folder (its test.jsonl), or the embedded task's test rows.")
    private String data;

    @Option(
            names = "--generate",
            description = "For prompts and conversations: lets the model write as well, and adds exact match, ROUGE-L "
                    + "and BLEU of what it writes.")
    private boolean generate;

    @Option(
            names = "--max-new-tokens",
            paramLabel = "N",
            defaultValue = "64",
            description = "With --generate, most tokens of a text (${DEFAULT-VALUE}).")
    private int maxNewTokens;

    @Inject
    EvaluateCommand(Console console, Clock clock) {
        this.console = console;
        this.clock = clock;
    }

    @Override
    public Integer call() throws IOException {
        Path rows = Files.isDirectory(Path.of(data)) ? Path.of(data).resolve(Split.TEST.file()) : Path.of(data);
        if (Files.isRegularFile(rows) && GenerationExamples.isGeneration(rows)) {
            generation(GenerationExamples.read(rows));
        } else if (generate) {
            throw new SettingsException(
                    "--generate is for prompts and conversations; the rows of " + data + " have labels; leave it out");
        } else if (Files.isRegularFile(rows) && TokenExamples.isTokens(rows)) {
            tokens(rows);
        } else {
            classification();
        }
        return 0;
    }

    private void generation(List<GenerationRow> rows) throws IOException {
        try (ClassifierOptions.Opened opened = classifier.open(false);
                Workers workers = compute.workers();
                Meter meter =
                        new Meter(console, clock, "evaluate", "rows", 0, generate ? 2 * rows.size() : rows.size())) {
            TokenScores scores = new TokenScores();
            Completions completions =
                    new Completions(opened.base(), opened.adapter(), opened.maxLength(), true, workers);
            Predictor.Summary summary =
                    completions.score(rows, scores::add, (more, tokens) -> meter.advance(more, tokens, ""));
            Map<String, Object> result = new LinkedHashMap<>(scores.evaluation().toMap());
            result.put("truncated_rows", summary.truncated());
            result.put("max_length", opened.maxLength());
            result.put("tokens_per_s", Math.round(meter.tokensPerSecond()));
            if (generate) {
                WrittenTexts written = new WrittenTexts(opened.base(), opened.adapter(), maxNewTokens, workers);
                written.add(rows, (more, tokens) -> meter.advance(more, tokens, ""));
                result.putAll(written.toMap());
            }
            meter.close();
            report.print(result);
        }
    }

    private void tokens(Path file) throws IOException {
        try (ClassifierOptions.Opened opened = classifier.openForTokens();
                Workers workers = compute.workers()) {
            List<String> labels = labels(opened);
            List<TokenExample> rows = TokenExamples.readLabelled(file, labels, opened.origin());
            Classification measured = new Classification(labels.size());
            TokenPredictor predictor =
                    new TokenPredictor(opened.base(), opened.adapter(), labels, opened.maxLength(), workers);
            try (Meter meter = new Meter(console, clock, "evaluate", "rows", 0, rows.size())) {
                Predictor.Summary summary =
                        predictor.evaluate(rows, measured, (more, tokens) -> meter.advance(more, tokens, ""));
                Map<String, Object> result =
                        new LinkedHashMap<>(Evaluation.of(measured).toMap());
                result.put("truncated_rows", summary.truncated());
                result.put("max_length", opened.maxLength());
                result.put("tokens_per_s", Math.round(meter.tokensPerSecond()));
                report.print(result);
            }
        }
    }

    private void classification() throws IOException {
        try (ClassifierOptions.Opened opened = classifier.open();
                Workers workers = compute.workers()) {
            List<String> labels = labels(opened);
            List<Example> rows = rows(labels, opened.origin());
            Classification measured = new Classification(labels.size());
            Predictor predictor = new Predictor(opened.base(), opened.adapter(), labels, opened.maxLength(), workers);
            Map<String, Object> result = new LinkedHashMap<>();
            try (Meter meter = new Meter(console, clock, "evaluate", "rows", 0, rows.size())) {
                Predictor.Summary summary =
                        predictor.evaluate(rows, measured, (more, tokens) -> meter.advance(more, tokens, ""));
                result.putAll(Evaluation.of(measured).toMap());
                result.put("truncated_rows", summary.truncated());
                result.put("max_length", opened.maxLength());
                result.put("tokens_per_s", Math.round(meter.tokensPerSecond()));
            }
            report.print(result);
        }
    }

    /** The model's labels; where it has only numbered ones, labels.json of a data folder names them. */
    private List<String> labels(ClassifierOptions.Opened opened) throws IOException {
        Path folder = Path.of(data);
        return Files.isDirectory(folder) ? LabelNames.of(opened.labels(), Examples.labels(folder)) : opened.labels();
    }

    private List<Example> rows(List<String> labels, String origin) throws IOException {
        if (data.equals(DataOptions.FULL) || data.equals(DataOptions.QUICK)) {
            return Examples.checked(WordNetData.quick().rows(Split.TEST), labels, origin);
        }
        Path path = Path.of(data);
        return Examples.readLabelled(Files.isDirectory(path) ? path.resolve(Split.TEST.file()) : path, labels, origin);
    }
}
