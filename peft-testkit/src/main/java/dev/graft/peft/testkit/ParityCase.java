package dev.graft.peft.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.autograd.CrossEntropy;
import dev.graft.peft.spi.file.AdapterTensor;
import dev.graft.peft.spi.file.Json;
import dev.graft.training.EncodedRows;
import dev.graft.training.TrainingSettings;
import dev.graft.training.data.ClassificationData;
import dev.graft.training.data.DataSet;
import dev.graft.training.data.Example;
import dev.graft.training.data.Examples;
import dev.graft.training.data.GenerationData;
import dev.graft.training.data.GenerationExamples;
import dev.graft.training.data.GenerationRow;
import dev.graft.training.data.Split;
import dev.graft.training.data.TokenData;
import dev.graft.training.data.TokenExample;
import dev.graft.training.data.TokenExamples;
import dev.graft.training.optimizer.Schedule;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Classifier;
import dev.graft.transformer.model.LanguageModel;
import dev.graft.transformer.model.LanguageModel.Scored;
import dev.graft.transformer.model.TokenClassifier;
import dev.graft.transformer.model.Workers;
import dev.graft.transformer.model.overlay.TokenRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * One adapter that another library saved, with the numbers that it computed, as the scripts in parity/ write them.
 *
 * @param folder of the adapter
 * @param base folder with base/ and data.jsonl
 * @param expected what expected.json says
 */
record ParityCase(Path folder, Path base, Map<String, Object> expected) {
    private static final double TOLERANCE = 1e-4;
    private static final int MAX_LENGTH = 40;
    private static final int MICRO_BATCH = 3;

    /** An adapter's base is named by its file, or is the one in whose folder adapters/ stands. */
    static ParityCase read(Path bases, Path folder) throws IOException {
        Map<String, Object> expected = Json.read(folder.resolve("expected.json"));
        Path base = expected.containsKey("base")
                ? bases.resolve((String) expected.get("base"))
                : folder.getParent().getParent();
        return new ParityCase(folder, base, expected);
    }

    /** The rows, for training, validation and test alike. */
    DataSet data() throws IOException {
        Path file = base.resolve("data.jsonl");
        if (GenerationExamples.isGeneration(file)) {
            List<GenerationRow> rows = GenerationExamples.read(file);
            return new GenerationData(rows, rows, rows);
        }
        if (TokenExamples.isTokens(file)) {
            List<TokenExample> rows = TokenExamples.readLabelled(file);
            List<String> labels = rows.stream()
                    .flatMap(row -> row.labels().stream())
                    .distinct()
                    .sorted()
                    .toList();
            return new TokenData(labels, rows, rows, rows);
        }
        List<Example> rows = Examples.readLabelled(file);
        List<String> labels =
                rows.stream().map(Example::label).distinct().sorted().toList();
        return new ClassificationData(labels, rows, rows, rows);
    }

    /** The longest texts that fit behind the adapter's rows; none of the fixtures' are cut. */
    static int maxLength(BaseModel base, Adapter adapter) {
        return Math.min(MAX_LENGTH, EncodedRows.mostTokens(base, adapter));
    }

    /** The rows as an adapter's model reads them; those of completions without an end token. */
    List<TokenRow> rows(BaseModel model, Adapter adapter) throws IOException {
        int most = maxLength(model, adapter);
        EncodedRows rows = data() instanceof GenerationData texts
                ? EncodedRows.prompted(model, adapter, texts.rows(Split.TRAIN), most, false)
                : EncodedRows.of(model, adapter, data(), Split.TRAIN, most);
        assertEquals(0, rows.truncated(), "rows that were cut");
        return rows.rows();
    }

    /** Logits of each row, of its words one after another where tokens are classified, or the log-probabilities of its completion's tokens. */
    float[][] scores(List<TokenRow> rows, BaseModel model, Adapter adapter, Workers workers) {
        if (rows.get(0).labels() != null && !expected.containsKey("token_logprobs")) {
            return ofWords(rows, new TokenClassifier(model, workers).logits(rows, adapter));
        }
        if (!expected.containsKey("token_logprobs")) {
            return new Classifier(model, workers).logits(rows, adapter);
        }
        List<Scored> scored = new LanguageModel(model, workers).score(rows, adapter);
        return scored.stream().map(Scored::logprobs).toArray(float[][]::new);
    }

    private static float[][] ofWords(List<TokenRow> rows, float[][][] logits) {
        float[][] all = new float[rows.size()][];
        for (int i = 0; i < all.length; i++) {
            int[] labels = rows.get(i).labels();
            int width = logits[i][0].length;
            float[] words = new float[rows.get(i).labelled() * width];
            int at = 0;
            for (int j = 0; j < labels.length; j++) {
                if (labels[j] != CrossEntropy.IGNORED) {
                    System.arraycopy(logits[i][j], 0, words, width * at++, width);
                }
            }
            all[i] = words;
        }
        return all;
    }

    /** What {@link #scores} have to be. */
    Object expectedScores() {
        return expected.getOrDefault("logits", expected.get("token_logprobs"));
    }

    /** The settings of a recorded run. */
    static TrainingSettings settings(Map<String, Object> run, int maxLength) {
        Map<?, ?> optimizer = (Map<?, ?>) run.get("optimizer");
        return new TrainingSettings(
                1,
                (int) number(run.get("steps")),
                (int) number(run.get("batch_size")),
                MICRO_BATCH,
                number(optimizer.get("learning_rate")),
                number(optimizer.get("weight_decay")),
                Schedule.CONSTANT,
                0,
                number(run.getOrDefault("max_grad_norm", 0)),
                0,
                maxLength,
                false,
                0,
                0,
                0);
    }

    /** True if the folder holds a recorded run. */
    static boolean isRun(Path folder) {
        return Files.exists(folder.resolve("training.json"));
    }

    static double number(Object value) {
        return ((Number) value).doubleValue();
    }

    /** Rows of numbers, each as long as its twin. */
    static void assertClose(Object expected, float[][] actual, String what) {
        List<?> rows = (List<?>) expected;
        assertEquals(rows.size(), actual.length, what);
        for (int i = 0; i < actual.length; i++) {
            List<?> row = (List<?>) rows.get(i);
            assertEquals(row.size(), actual[i].length, what + " of row " + i);
            for (int j = 0; j < actual[i].length; j++) {
                assertClose(number(row.get(j)), actual[i][j], what + " of row " + i + ", column " + j);
            }
        }
    }

    static void assertClose(AdapterTensor expected, AdapterTensor actual, String what) {
        assertArrayEquals(expected.shape(), actual.shape(), "shape of " + what);
        for (int i = 0; i < expected.values().length; i++) {
            assertClose(expected.values()[i], actual.values()[i], what + "[" + i + "]");
        }
    }

    static void assertClose(double expected, double actual, String what) {
        assertTrue(Math.abs(expected - actual) <= TOLERANCE, what + ": " + actual + " instead of " + expected);
    }
}
