package dev.graft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.peft.spi.file.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PredictCommandTest {
    private static final List<String> LABELS = List.of("lake", "river", "sea");

    @TempDir
    Path folder;

    private Workspace space;
    private Path output;

    @BeforeEach
    void prepare() {
        space = new Workspace(folder);
        output = folder.resolve("out.jsonl");
    }

    private Graft predict(Path input, Object... more) {
        Object[] words = {
            "predict", "--base", Workspace.BASE, "--adapter", Workspace.ADAPTER, "--input", input, "--output", output
        };
        return Graft.run(
                java.util.stream.Stream.concat(java.util.stream.Stream.of(words), java.util.stream.Stream.of(more))
                        .toArray());
    }

    private static List<Double> numbers(Object list) {
        return ((List<?>) list).stream().map(n -> ((Number) n).doubleValue()).toList();
    }

    @Test
    void everyRowGetsLabelScoresAndThePeersLogits() throws Exception {
        Graft run = predict(Graft.fixture("gelu/data.jsonl"), "--json").done();
        assertEquals(12, run.json().get("rows"));
        assertEquals(LABELS, run.json().get("labels"));
        List<String> lines = Files.readAllLines(output);
        List<?> expected =
                (List<?>) Json.read(Workspace.ADAPTER.resolve("expected.json")).get("logits");
        assertEquals(expected.size(), lines.size());
        for (int i = 0; i < lines.size(); i++) {
            Map<String, Object> line = Json.parse(output, lines.get(i));
            assertEquals(List.of("label", "scores", "logits"), List.copyOf(line.keySet()));
            List<Double> logits = numbers(line.get("logits"));
            List<Double> want = numbers(expected.get(i));
            double sum = 0;
            int best = 0;
            for (int j = 0; j < LABELS.size(); j++) {
                assertEquals(want.get(j), logits.get(j), 1e-4, "logit " + j + " of row " + i);
                sum += numbers(line.get("scores")).get(j);
                best = logits.get(j) > logits.get(best) ? j : best;
            }
            assertEquals(1, sum, 1e-12);
            assertEquals(LABELS.get(best), line.get("label"));
        }
    }

    @Test
    void rowsKeepTheirOrderOverManyPieces() throws Exception {
        List<String> rows = Files.readAllLines(Graft.fixture("gelu/data.jsonl"));
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 1100; i++) {
            text.append(rows.get(i % rows.size())).append('\n');
        }
        predict(space.file("many.jsonl", text.toString())).done();
        List<String> many = Files.readAllLines(output);
        assertEquals(1100, many.size());
        predict(Graft.fixture("gelu/data.jsonl")).done();
        List<String> few = Files.readAllLines(output);
        for (int i = 0; i < many.size(); i += 7) {
            List<Double> want =
                    numbers(Json.parse(output, few.get(i % few.size())).get("logits"));
            List<Double> got = numbers(Json.parse(output, many.get(i)).get("logits"));
            for (int j = 0; j < want.size(); j++) {
                assertEquals(want.get(j), got.get(j), 1e-5, "row " + i);
            }
        }
    }

    @Test
    void rowsNeedNoLabelAndTheBasesOwnClassifierServes() throws Exception {
        Path input = space.file("in.jsonl", "{\"text\": \"fish\"}\n{\"text\": \"\", \"text_pair\": \"a boat\"}");
        Graft.run("predict", "--base", Workspace.BASE, "--input", input, "--output", output)
                .done();
        assertEquals(2, Files.readAllLines(output).size());
    }

    @Test
    void aWrongLineIsNamedAndNothingIsWritten() throws Exception {
        String many = "{\"text\": \"fish\"}\n".repeat(600);
        Path input = space.file("in.jsonl", many + "fish\n");
        predict(input).failed(2, "in.jsonl, line 601", "not JSON");
        assertEquals(List.of("in.jsonl"), space.files());
        predict(space.file("in.jsonl", "")).failed(2, "in.jsonl is empty");
        predict(folder.resolve("none.jsonl")).failed(2, "none.jsonl does not exist");
        predict(folder).failed(2, "is a folder");
        assertEquals(List.of("in.jsonl"), space.files());
    }

    @Test
    void whatCannotServeIsRefused() throws Exception {
        Path input = space.file("in.jsonl", "{\"text\": \"fish\"}\n");
        predict(input, "--output", input).failed(2, "--output"); // given twice
        Graft.run("predict", "--base", Workspace.BASE, "--input", input, "--output", input)
                .failed(2, "which is the input");
        Graft.run("predict", "--base", Workspace.BASE, "--input", input, "--output", folder)
                .failed(2, "no regular file");
        Graft.run("predict", "--base", Graft.fixture("bare/base"), "--input", input, "--output", output)
                .failed(2, "no classifier of its own", "--adapter");
        predict(input, "--max-length", 41).failed(2, "--max-length is 41", "3 to 40");
        Graft.run("predict", "--base", Workspace.BASE, "--adapter", folder, "--input", input, "--output", output)
                .failed(2, "adapter_config.json");
        assertEquals("{\"text\": \"fish\"}\n", Files.readString(input));
        assertFalse(Files.exists(output));
    }

    @Test
    void aDamagedAdapterIsRefused() throws Exception {
        Path input = space.file("in.jsonl", "{\"text\": \"fish\"}\n");
        Path adapter = space.copy(Workspace.ADAPTER, "adapter");
        Path tensors = adapter.resolve("adapter_model.safetensors");
        byte[] bytes = Files.readAllBytes(tensors);
        Files.write(tensors, java.util.Arrays.copyOf(bytes, bytes.length - 4));
        Graft.run("predict", "--base", Workspace.BASE, "--adapter", adapter, "--input", input, "--output", output)
                .failed(2, "adapter_model.safetensors");
        bytes[bytes.length - 1] = (byte) 0x7f;
        bytes[bytes.length - 2] = (byte) 0xc0; // NaN
        Files.write(tensors, bytes);
        Graft refused = Graft.run(
                "predict", "--base", Workspace.BASE, "--adapter", adapter, "--input", input, "--output", output);
        refused.failed(2, "NaN", "damaged");
        assertTrue(refused.err().contains("tensor '"), refused.err());
        assertFalse(Files.exists(output));
    }
}
