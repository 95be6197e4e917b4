package dev.graft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.peft.spi.file.Json;
import dev.graft.peft.spi.file.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Classes of words: predicted, trained, measured and merged, from files to files. */
class TokenClassificationTest {
    private static final Path TOKENS =
            Path.of("..", "transformer-model", "src", "test", "resources", "parity", "tokens");

    @TempDir
    Path folder;

    private static List<Double> numbers(Object list) {
        List<Double> all = new ArrayList<>();
        for (Object each : (List<?>) list) {
            if (each instanceof List<?> inner) {
                all.addAll(numbers(inner));
            } else {
                all.add(((Number) each).doubleValue());
            }
        }
        return all;
    }

    private void assertLogits(Path expected, Path predicted) throws IOException {
        List<?> rows = (List<?>) Json.read(expected).get("logits");
        List<String> lines = Files.readAllLines(predicted);
        assertEquals(rows.size(), lines.size());
        for (int i = 0; i < lines.size(); i++) {
            List<Double> want = numbers(rows.get(i));
            List<Double> got = numbers(Json.parse(predicted, lines.get(i)).get("logits"));
            assertEquals(want.size(), got.size());
            for (int j = 0; j < want.size(); j++) {
                assertEquals(want.get(j), got.get(j), 1e-4, "number " + j + " of row " + i);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bert", "roberta", "distilbert", "electra", "albert", "deberta-v2"})
    void theBasesOwnClassesAreThoseOfTransformers(String family) throws IOException {
        Path base = TOKENS.resolve(family);
        Path output = folder.resolve("out.jsonl");
        Graft.run("predict", "--base", base.resolve("base"), "--input", base.resolve("data.jsonl"), "--output", output)
                .done();
        assertLogits(base.resolve("expected.json"), output);
    }

    private Path data(Path base) throws IOException {
        Path data = Files.createDirectories(folder.resolve("data"));
        for (String part : List.of("train.jsonl", "validation.jsonl", "test.jsonl")) {
            Files.copy(base.resolve("data.jsonl"), data.resolve(part));
        }
        return data;
    }

    @Test
    void trainedPredictedMeasuredAndMerged() throws IOException {
        Path base = TOKENS.resolve("roberta");
        Path data = data(base);
        Path run = folder.resolve("run");
        Graft.run(
                        "train",
                        "--base",
                        base.resolve("base"),
                        "--data",
                        data,
                        "--method",
                        "lora",
                        "--max-steps",
                        40,
                        "--batch-size",
                        4,
                        "--learning-rate",
                        0.02,
                        "--max-length",
                        40,
                        "--output",
                        run)
                .done();
        Map<String, Object> config = Json.read(run.resolve("adapter_config.json"));
        assertEquals("TOKEN_CLS", config.get("task_type"));
        assertEquals(List.of("classifier"), config.get("modules_to_save"));
        Map<String, Object> measured = Graft.run(
                        "evaluate", "--base", base.resolve("base"), "--adapter", run, "--data", data, "--json")
                .done()
                .json();
        assertTrue(((Number) measured.get("accuracy")).doubleValue() > 0.9, measured.toString());
        assertMerged(base.resolve("base"), run, data.resolve("test.jsonl"));
    }

    private void assertMerged(Path base, Path run, Path input) throws IOException {
        Path before = folder.resolve("before.jsonl");
        Path after = folder.resolve("after.jsonl");
        Path merged = folder.resolve("merged");
        Graft.run("predict", "--base", base, "--adapter", run, "--input", input, "--output", before)
                .done();
        Graft.run("merge", "--base", base, "--adapter", run, "--output", merged).done();
        assertEquals(
                List.of("RobertaForTokenClassification"),
                Json.read(merged.resolve("config.json")).get("architectures"));
        Graft.run("predict", "--base", merged, "--input", input, "--output", after)
                .done();
        for (int i = 0; i < 8; i++) {
            Object labels =
                    Json.parse(before, Files.readAllLines(before).get(i)).get("labels");
            assertEquals(
                    labels, Json.parse(after, Files.readAllLines(after).get(i)).get("labels"));
        }
    }

    /** PEFT stores no classifier beside TRAINABLE_TOKENS: the base's own one is used. */
    @Test
    void anAdapterWithoutAClassifierTakesTheBasesOwn() throws IOException {
        Path base = TOKENS.resolve("roberta");
        Path adapter = Files.createDirectories(folder.resolve("adapter"));
        Files.writeString(
                adapter.resolve("adapter_config.json"),
                Json.pretty(Map.of(
                        "peft_type", "LORA", "task_type", "TOKEN_CLS", "r", 1, "target_modules", List.of("query"))));
        SafetensorsWriter tensors = new SafetensorsWriter();
        for (int layer = 0; layer < 2; layer++) {
            String name = "base_model.model.roberta.encoder.layer." + layer + ".attention.self.query.lora_";
            tensors.add(name + "A.weight", new long[] {1, 24}, new float[24]);
            tensors.add(name + "B.weight", new long[] {24, 1}, new float[24]);
        }
        tensors.write(adapter.resolve("adapter_model.safetensors"));
        Path output = folder.resolve("out.jsonl");
        Graft.run(
                        "predict",
                        "--base",
                        base.resolve("base"),
                        "--adapter",
                        adapter,
                        "--input",
                        base.resolve("data.jsonl"),
                        "--output",
                        output)
                .done();
        assertLogits(base.resolve("expected.json"), output);
    }

    @Test
    void aWordThatIsCutOffHasNoLabel() throws IOException {
        Path base = TOKENS.resolve("bert");
        Path output = folder.resolve("out.jsonl");
        Map<String, Object> result = Graft.run(
                        "predict",
                        "--base",
                        base.resolve("base"),
                        "--input",
                        base.resolve("data.jsonl"),
                        "--output",
                        output,
                        "--max-length",
                        4,
                        "--json")
                .done()
                .json();
        assertEquals(7, result.get("truncated_rows"));
        List<?> labels =
                (List<?>) Json.parse(output, Files.readAllLines(output).get(0)).get("labels");
        assertEquals(7, labels.size());
        assertTrue(labels.get(1) instanceof String);
        assertNull(labels.get(2));
    }

    @Test
    void whatDoesNotFitTogetherIsRefused() throws IOException {
        Path base = TOKENS.resolve("bert");
        Path output = folder.resolve("out.jsonl");
        Path texts = Graft.fixture("gelu/data.jsonl");
        Path adapter = base.resolve("adapters/lora");
        Graft.run("predict", "--base", base.resolve("base"), "--input", texts, "--output", output)
                .failed(2, "has no classifier of its own");
        Graft.run("predict", "--base", base.resolve("base"), "--adapter", adapter, "--input", texts, "--output", output)
                .failed(2, "classifies tokens; give rows with tokens");
        Graft.run(
                        "predict",
                        "--base",
                        Workspace.BASE,
                        "--adapter",
                        Workspace.ADAPTER,
                        "--input",
                        base.resolve("data.jsonl"),
                        "--output",
                        output)
                .failed(2, "was not trained to classify tokens");
        Path gpt2 = TOKENS.resolveSibling("gpt2/lm/base");
        Graft.run("train", "--base", gpt2, "--data", data(base), "--method", "lora", "--output", folder.resolve("run"))
                .failed(2, "of the family gpt2 classifies no tokens");
    }
}
