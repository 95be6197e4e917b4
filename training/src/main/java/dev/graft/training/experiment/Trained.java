package dev.graft.training.experiment;

import dev.graft.peft.spi.file.AtomicFiles;
import dev.graft.peft.spi.file.Json;
import dev.graft.training.compare.LossPoint;
import dev.graft.training.plan.Keys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A run that has ended, as its folder tells it.
 *
 * @param folder of the run
 * @param record what run.json holds
 * @param failure why it ended without a result, or null
 */
record Trained(Path folder, Map<String, Object> record, String failure) {
    /** The key of a run's result that holds what was timed. */
    static final String MEASURED = "measured";

    private static final String FAILED = "failed.json";
    private static final String RECORD = "run.json";
    private static final String FINISHED = "finished";

    /** Reads a folder; null if its run has not ended or was never begun. */
    static Trained read(Path folder) throws IOException {
        Path record = folder.resolve(RECORD);
        if (!Files.exists(record)) {
            return null;
        }
        Map<String, Object> found = Json.read(record);
        if (found.containsKey(FINISHED)) {
            return new Trained(folder, found, null);
        }
        Path failed = folder.resolve(FAILED);
        return Files.exists(failed)
                ? new Trained(folder, found, String.valueOf(Json.read(failed).get("reason")))
                : null;
    }

    /** Notes that a run ended without a result. */
    static void fail(Path folder, String reason) throws IOException {
        AtomicFiles.write(folder.resolve(FAILED), Json.pretty(Map.of("reason", reason)) + "\n");
    }

    /** The score on the validation rows at its best step, larger is better; the lowest of all if the run failed. */
    double score() {
        if (failure != null) {
            return Double.NEGATIVE_INFINITY;
        }
        Map<String, Object> best = object(finished(), "best_validation");
        return best.get("accuracy") instanceof Number accuracy ? accuracy.doubleValue() : -number(best, "loss");
    }

    Map<String, Object> finished() {
        return object(record, FINISHED);
    }

    /** Figures that were timed. */
    Map<String, Object> measured() {
        return object(finished(), MEASURED);
    }

    /** The command that does it again. */
    String command() {
        return String.valueOf(record.get("command"));
    }

    /** Folder of the best adapter. */
    Path adapter() {
        return folder.resolve("best");
    }

    /** Size of the adapter's files on disk. */
    long adapterBytes() throws IOException {
        long bytes = 0;
        try (var files = Files.list(adapter())) {
            for (Path file : (Iterable<Path>) files::iterator) {
                bytes += Files.size(file);
            }
        }
        return bytes;
    }

    /** Loss of every step. */
    List<LossPoint> losses() throws IOException {
        List<LossPoint> losses = new ArrayList<>();
        for (Map<String, Object> line : metrics()) {
            if (line.containsKey("loss")) {
                losses.add(new LossPoint((long) number(line, "step"), number(line, "loss")));
            }
        }
        return losses;
    }

    /** The first step after which the validation rows reach an accuracy, or for tokens a loss; -1 if none does. */
    long reached(double goal) throws IOException {
        for (Map<String, Object> line : metrics()) {
            boolean classes =
                    line.get("validation_accuracy") instanceof Number accuracy && accuracy.doubleValue() >= goal;
            boolean tokens = !line.containsKey("validation_accuracy")
                    && line.get("validation_loss") instanceof Number loss
                    && loss.doubleValue() <= goal;
            if (classes || tokens) {
                return (long) number(line, "step");
            }
        }
        return -1;
    }

    private List<Map<String, Object>> metrics() throws IOException {
        Path file = folder.resolve("metrics.jsonl");
        List<Map<String, Object>> lines = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            lines.add(Json.parse(file, line));
        }
        return lines;
    }

    static double number(Map<String, Object> object, String key) {
        return ((Number) object.get(key)).doubleValue();
    }

    private static Map<String, Object> object(Map<String, Object> object, String key) {
        return object.get(key) == null ? Map.of() : Keys.object(key, object.get(key));
    }
}
