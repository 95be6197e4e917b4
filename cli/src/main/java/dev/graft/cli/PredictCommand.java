package dev.graft.cli;

import dev.graft.peft.spi.SettingsException;
import dev.graft.training.Completions;
import dev.graft.training.Predictor;
import dev.graft.training.TokenPredictor;
import dev.graft.training.data.GenerationExamples;
import dev.graft.training.data.TokenExamples;
import dev.graft.transformer.model.Workers;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Classifies texts, or says how probable completions are. */
@Command(
        name = "predict",
        description =
                "Classifies the texts of a file, or scores its completions. Writes one JSON object a row, in the same "
                        + "order: label, and scores and logits in the order of the labels; labels and logits of each "
                        + "of its tokens; or logprob and "
                        + "token_logprobs of the completion's tokens given the prompt.")
final class PredictCommand implements Callable<Integer> {
    private final Console console;
    private final Clock clock;

    @Mixin
    private ClassifierOptions classifier;

    @Mixin
    private ComputeOptions compute;

    @Mixin
    private Report report;

    @Option(
            names = "--input",
            required = true,
            paramLabel = "FILE.jsonl",
            description = "Rows with text and, optionally, text_pair (labels are not looked at), with tokens, or with "
                    + "prompt and completion.")
    private Path input;

    @Option(
            names = "--output",
            required = true,
            paramLabel = "FILE.jsonl",
            description = "The predictions; a file that is there is replaced when all are made.")
    private Path output;

    @Inject
    PredictCommand(Console console, Clock clock) {
        this.console = console;
        this.clock = clock;
    }

    @Override
    public Integer call() throws IOException {
        if (Files.exists(input) && Files.exists(output) && Files.isSameFile(input, output)) {
            throw new SettingsException("--output is " + output + ", which is the input; give it another name");
        }
        if (Files.isRegularFile(input) && GenerationExamples.isGeneration(input)) {
            generation();
        } else if (Files.isRegularFile(input) && TokenExamples.isTokens(input)) {
            tokens();
        } else {
            classification();
        }
        return 0;
    }

    private void generation() throws IOException {
        try (ClassifierOptions.Opened opened = classifier.open(false);
                Workers workers = compute.workers();
                Meter meter = new Meter(console, clock, "predict", "rows", 0, lines(input))) {
            Completions completions =
                    new Completions(opened.base(), opened.adapter(), opened.maxLength(), false, workers);
            Predictor.Summary summary =
                    completions.predict(input, output, (more, tokens) -> meter.advance(more, tokens, ""));
            meter.close();
            report.print(result(summary, opened, meter));
        }
    }

    private void tokens() throws IOException {
        try (ClassifierOptions.Opened opened = classifier.openForTokens();
                Workers workers = compute.workers();
                Meter meter = new Meter(console, clock, "predict", "rows", 0, lines(input))) {
            TokenPredictor predictor =
                    new TokenPredictor(opened.base(), opened.adapter(), opened.labels(), opened.maxLength(), workers);
            Predictor.Summary summary =
                    predictor.predict(input, output, (more, tokens) -> meter.advance(more, tokens, ""));
            meter.close();
            report.print(result(summary, opened, meter));
        }
    }

    private Map<String, Object> result(Predictor.Summary summary, ClassifierOptions.Opened opened, Meter meter) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("output", output.toString());
        result.put("rows", summary.rows());
        if (!opened.labels().isEmpty()) {
            result.put("labels", opened.labels());
        }
        result.put("truncated_rows", summary.truncated());
        result.put("max_length", opened.maxLength());
        result.put("tokens_per_s", Math.round(meter.tokensPerSecond()));
        return result;
    }

    private void classification() throws IOException {
        try (ClassifierOptions.Opened opened = classifier.open();
                Workers workers = compute.workers();
                Meter meter = new Meter(console, clock, "predict", "rows", 0, lines(input))) {
            Predictor predictor =
                    new Predictor(opened.base(), opened.adapter(), opened.labels(), opened.maxLength(), workers);
            Predictor.Summary summary =
                    predictor.predict(input, output, (more, tokens) -> meter.advance(more, tokens, ""));
            meter.close();
            report.print(result(summary, opened, meter));
        }
    }

    /** For the time left; what is wrong with the file is said by who reads it. */
    private static long lines(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return 0;
        }
        try (Stream<String> lines = Files.lines(file, java.nio.charset.StandardCharsets.ISO_8859_1)) {
            return lines.count();
        }
    }
}
