package dev.graft.training.experiment;

import dev.graft.peft.spi.file.Hashes;
import dev.graft.peft.spi.file.Json;
import dev.graft.training.study.StudyResult;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * All that an experiment gave.
 *
 * @param experiment what was done
 * @param results one for every base, data, variant and seed, in that order
 * @param trials of learning rates, in that order
 * @param studies what they gave, in that order
 * @param provenance name and value: versions, hashes, CPU, command
 */
public record Outcome(
        Experiment experiment,
        List<Result> results,
        List<Trial> trials,
        List<StudyResult> studies,
        Map<String, String> provenance) {
    /** Copies the lists. */
    public Outcome {
        results = List.copyOf(results);
        trials = List.copyOf(trials);
        studies = List.copyOf(studies);
    }

    /** SHA-256 over what a repetition gives again: equal hashes mean equal figures, bit for bit. */
    public String digest() {
        String text = results.stream()
                .map(result -> Json.line(result.repeatable(experiment.name())) + "\n")
                .collect(Collectors.joining());
        text += studies.stream()
                .flatMap(study -> study.repeatable().stream())
                .map(row -> Json.line(row) + "\n")
                .collect(Collectors.joining());
        return Hashes.sha256(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The rows of results.jsonl. */
    public String lines() {
        return rows().stream().map(row -> Json.line(row) + "\n").collect(Collectors.joining());
    }

    /** Every result with all that belongs to it. */
    public List<Map<String, Object>> rows() {
        return results.stream().map(result -> result.line(experiment.name())).toList();
    }

    /** Every number of the studies. */
    public List<Map<String, Object>> studyRows() {
        return studies.stream().flatMap(study -> study.lines().stream()).toList();
    }

    /** The rows of studies.jsonl. */
    public String studyLines() {
        return studyRows().stream().map(row -> Json.line(row) + "\n").collect(Collectors.joining());
    }

    /** The rows of trials.jsonl. */
    public String trialLines() {
        return trials.stream().map(trial -> Json.line(trial.line()) + "\n").collect(Collectors.joining());
    }
}
