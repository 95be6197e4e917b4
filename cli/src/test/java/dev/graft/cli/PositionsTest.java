package dev.graft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.peft.spi.file.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Rows in front of a text take positions. A text and its rows that together exceed the model's are an error, or the text
 * is cut and counted: it never loses tokens silently.
 */
class PositionsTest {
    private static final int ROWS = 10;
    private static final String LONG =
            "the cold river runs to the sea ".repeat(20).strip();

    @TempDir
    Path root;

    private Path base;
    private Path data;
    private Path run;

    private void prepare(boolean gpt2) throws Exception {
        base = gpt2 ? Graft.fixture("../gpt2/lm/base") : Graft.fixture("gelu/base");
        data = Files.createDirectories(root.resolve("data"));
        run = root.resolve("run");
        String one = gpt2
                ? "{\"prompt\": \"The boat is on the\", \"completion\": \" lake\"}\n"
                : "{\"text\": \"the boat is on the lake\", \"label\": \"lake\"}\n";
        String two = gpt2
                ? "{\"prompt\": \"" + LONG + "\", \"completion\": \" cold\"}\n"
                : "{\"text\": \"" + LONG + "\", \"label\": \"sea\"}\n";
        for (String part : List.of("train.jsonl", "validation.jsonl", "test.jsonl")) {
            Files.writeString(data.resolve(part), one + two);
        }
    }

    private Graft command(String name, Object... more) {
        List<Object> words = new ArrayList<>(List.of(name, "--base", base));
        words.addAll(List.of(more));
        words.add("--json");
        return Graft.run(words.toArray());
    }

    private Graft train(String method, int maxLength) {
        Object[] options = {
            "--data",
            data,
            "--method",
            method,
            "--set",
            "num_virtual_tokens=" + ROWS,
            "--max-steps",
            1,
            "--learning-rate",
            0.01,
            "--max-length",
            maxLength,
            "--output",
            run
        };
        return command("train", options);
    }

    @ParameterizedTest
    @CsvSource({"prefix, 40", "prompt, 40", "p-tuning, 40", "p-tuning-v2, 40"})
    void inAnEncoder(String method, int positions) throws Exception {
        prepare(false);
        checkTraining(method, positions);
        checkReading(positions, data.resolve("test.jsonl"), data);
    }

    @ParameterizedTest
    @CsvSource({"prefix, 48", "prompt, 48", "p-tuning, 48", "p-tuning-v2, 48"})
    void inADecoder(String method, int positions) throws Exception {
        prepare(true);
        checkTraining(method, positions);
        checkReading(positions, data.resolve("test.jsonl"), data);
        int prompt = ((Number) generate("The boat", 1).done().json().get("prompt_tokens")).intValue();
        int most = positions - ROWS - prompt + 1; // the last token is not read
        generate("The boat", most).done();
        generate("The boat", most + 1)
                .failed(2, positions + " positions", "the adapter's rows take " + ROWS, "--max-new-tokens");
        generate(LONG, 1).failed(2, positions + " positions", "the adapter's rows take " + ROWS, "shorten the prompt");
    }

    @ParameterizedTest
    @CsvSource({"train", "infer"})
    void inABenchmark(String mode) throws Exception {
        prepare(false);
        Object[] options = {"--shape", base.resolve("config.json"), "--method", "prompt", "--set"};
        List<Object> words = new ArrayList<>(List.of("bench", mode));
        words.addAll(List.of(options));
        words.addAll(
                List.of("num_virtual_tokens=" + ROWS, "--batch-size", 2, "--steps", 1, "--warm-up", 0, "--length"));
        words.add(31);
        Graft.run(words.toArray()).failed(2, "--length is 31", "40 positions", "10 are taken", "at most 30");
        words.set(words.size() - 1, 30);
        Graft.run(words.toArray()).done();
        words = words.subList(0, words.size() - 2); // no --length
        words.add("--json");
        assertEquals(30, Graft.run(words.toArray()).done().json().get("length"));
    }

    /** Without --max-length a row may be as long as the base reads beside the method's rows, and what is cut is said. */
    @ParameterizedTest
    @CsvSource({"false, lora, 40", "false, prompt, 20", "true, lora, 48", "true, prompt, 28"})
    void byDefaultARowMayBeAsLongAsFits(boolean gpt2, String method, int most) throws Exception {
        prepare(gpt2);
        Object[] options = {"--data", data, "--method", method, "--max-steps", 1, "--output", run};
        assertEquals(2, command("train", options).done().json().get("truncated_rows"));
        assertEquals(most, Json.read(run.resolve("graft.json")).get("max_length"));
    }

    @Test
    void byDefaultAComparisonReadsWhatFitsEachMethod() throws Exception {
        prepare(false);
        Object[] options = {
            "--data", data, "--methods", "head,prompt", "--epochs", 1, "--report", root.resolve("report")
        };
        Graft done = command("compare", options).done();
        assertTrue(done.err().contains("3 rows are longer than --max-length (20) and are cut"), done.err());
        command("compare", "--data", data, "--methods", "head,prompt", "--max-length", 21, "--report", run)
                .failed(2, "with method prompt", "--max-length is 21", "at most 20");
    }

    private Graft generate(String prompt, int tokens) {
        return command("generate", "--adapter", run, "--prompt", prompt, "--max-new-tokens", tokens);
    }

    /** With all positions for the text it is refused; with as many as are left, the long rows are cut and counted. */
    private void checkTraining(String method, int positions) throws Exception {
        String left = "at most " + (positions - ROWS);
        train(method, positions).failed(2, "--max-length is " + positions, ROWS + " are taken", left);
        train(method, positions - ROWS + 1).failed(2, ROWS + " are taken", left);
        assertFalse(Files.exists(run));
        Graft done = train(method, positions - ROWS).done();
        assertEquals(2, done.json().get("truncated_rows")); // of training and of validation
        assertTrue(done.err().contains("2 rows are longer than --max-length and were cut"), done.err());
    }

    private void checkReading(int positions, Path input, Path folder) throws Exception {
        Path output = root.resolve("predicted.jsonl");
        Map<String, Object> evaluated =
                command("evaluate", "--adapter", run, "--data", folder).done().json();
        assertEquals(1, evaluated.get("truncated_rows"));
        assertEquals(positions - ROWS, evaluated.get("max_length"));
        Map<String, Object> predicted = command("predict", "--adapter", run, "--input", input, "--output", output)
                .done()
                .json();
        assertEquals(1, predicted.get("truncated_rows"));
        assertEquals(positions - ROWS, predicted.get("max_length"));
        String allowed = "3 to " + (positions - ROWS);
        for (int length : new int[] {positions, positions - ROWS + 1}) {
            command("evaluate", "--adapter", run, "--data", folder, "--max-length", length)
                    .failed(2, "--max-length is " + length, allowed);
            command("predict", "--adapter", run, "--input", input, "--output", output, "--max-length", length)
                    .failed(2, "--max-length is " + length, allowed);
        }
    }
}
