package dev.graft.training.experiment;

import dev.graft.peft.spi.file.AtomicFiles;
import dev.graft.peft.spi.file.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What an adapter does on the test rows, which it sees once.
 *
 * @param figures name and value: the same in every repetition, bit for bit
 * @param scores a number for each row, larger is better: what paired tests compare
 */
record Tested(Map<String, Object> figures, double[] scores) {
    private static final String FIGURES = "test.json";
    private static final String ROWS = "test.jsonl";
    private static final String SCORE = "score";

    /** What was found before; null if the test rows were not looked at yet. */
    static Tested read(Path folder) throws IOException {
        Path figures = folder.resolve(FIGURES);
        if (!Files.exists(figures)) {
            return null;
        }
        Path rows = folder.resolve(ROWS);
        List<String> lines = Files.readAllLines(rows);
        double[] scores = new double[lines.size()];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = Trained.number(Json.parse(rows, lines.get(i)), SCORE);
        }
        return new Tested(Json.read(figures), scores);
    }

    /**
     * Keeps what was found in a run's folder; the figures last, so that they stand for the whole.
     *
     * @param rows a line for each row, with its score
     */
    static Tested write(Path folder, Map<String, Object> figures, List<Map<String, Object>> rows) throws IOException {
        String lines = rows.stream().map(row -> Json.line(row) + "\n").collect(Collectors.joining());
        AtomicFiles.write(folder.resolve(ROWS), lines);
        AtomicFiles.write(folder.resolve(FIGURES), Json.pretty(figures) + "\n");
        return read(folder);
    }
}
