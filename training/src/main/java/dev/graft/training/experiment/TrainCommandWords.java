package dev.graft.training.experiment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.graft.peft.spi.file.Json;
import dev.graft.training.TrainingSettings;
import dev.graft.training.plan.CommandText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The {@code graft train} command that does one run of an experiment again. */
final class TrainCommandWords {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private TrainCommandWords() {}

    /**
     * The command in one line.
     *
     * @param words that say how it is computed
     * @param output folder of the run
     */
    static String of(Cell cell, RunSpec spec, TrainingSettings training, List<String> words, Path output) {
        List<String> all = new ArrayList<>(List.of(
                "train", "--base", cell.baseName(), "--data", cell.rows().source()));
        if (!cell.part().lossOn().equals("completions")) {
            all.addAll(List.of("--loss-on", cell.part().lossOn()));
        }
        all.addAll(List.of("--method", spec.variant().method()));
        spec.variant().settings().forEach((key, value) -> all.addAll(List.of("--set", key + "=" + text(value))));
        add(all, training);
        all.addAll(words);
        all.addAll(List.of("--output", output.toString()));
        return CommandText.of(all);
    }

    private static void add(List<String> all, TrainingSettings training) {
        all.addAll(
                training.maxSteps() > 0
                        ? List.of("--max-steps", String.valueOf(training.maxSteps()))
                        : List.of("--epochs", String.valueOf(training.epochs())));
        Map<String, Object> options = new LinkedHashMap<>();
        options.put("--batch-size", training.batchSize());
        options.put("--micro-batch", training.microBatch());
        options.put("--learning-rate", training.learningRate());
        options.put("--weight-decay", training.weightDecay());
        options.put("--schedule", training.schedule().name().toLowerCase(Locale.ROOT));
        options.put("--warmup", training.warmup());
        options.put("--max-grad-norm", training.maxGradNorm());
        options.put("--seed", training.seed());
        options.put("--max-length", training.maxLength());
        options.put("--evaluate-every", training.evaluateEvery());
        options.put("--checkpoint-every", training.checkpointEvery());
        options.put("--patience", training.patience());
        options.forEach((option, value) -> all.addAll(List.of(option, String.valueOf(value))));
        if (!training.shuffle()) {
            all.add("--no-shuffle");
        }
    }

    /** A value as --set reads it back: JSON, but for texts that are no JSON. */
    private static String text(Object value) {
        if (value instanceof String text && text.equals(Json.valueOrText(text))) {
            return text;
        }
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a value that came from JSON is none", e);
        }
    }
}
