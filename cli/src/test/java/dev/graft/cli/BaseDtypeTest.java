package dev.graft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
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

/** A frozen base in less memory. */
class BaseDtypeTest {
    @TempDir
    Path folder;

    private List<Double> logits(Path adapter, String dtype) throws Exception {
        Path output = folder.resolve("out.jsonl");
        Path input = Graft.fixture("gelu/data.jsonl");
        Object[] words = {"predict", "--base", Workspace.BASE, "--adapter", adapter, "--base-dtype", dtype};
        Object[] files = {"--input", input, "--output", output};
        List<Object> all = new ArrayList<>(List.of(words));
        all.addAll(List.of(files));
        Graft.run(all.toArray()).done();
        List<Double> logits = new ArrayList<>();
        for (String line : Files.readAllLines(output)) {
            ((List<?>) Json.parse(output, line).get("logits")).forEach(n -> logits.add(((Number) n).doubleValue()));
        }
        return logits;
    }

    @ParameterizedTest
    @CsvSource({"bf16, 0.01, 2", "int8, 0.02, 4"})
    void theNumbersAreNearAndAdaptersTrain(String dtype, double near, int smaller) throws Exception {
        Graft seen = Graft.run("inspect", Workspace.BASE, "--base-dtype", dtype, "--json")
                .done();
        Map<?, ?> weights = (Map<?, ?>) seen.json().get("weight_error");
        double relative = ((Number) weights.get("relative")).doubleValue();
        assertTrue(relative > 0 && relative < near, seen.out());
        assertTrue(((Number) ((Map<?, ?>) seen.json().get("output_error")).get("max")).doubleValue() > 0, seen.out());
        double bytes = ((Number) seen.json().get("matrix_bytes")).doubleValue();
        assertEquals(smaller, ((Number) seen.json().get("matrix_bytes_as_f32")).doubleValue() / bytes, 1e-9);

        Workspace space = new Workspace(folder);
        Path run = folder.resolve("run");
        space.train("--method", "lora", "--max-steps", 3, "--base-dtype", dtype, "--output", run)
                .done();
        List<Double> whole = logits(run, "f32");
        List<Double> compact = logits(run, dtype);
        assertNotEquals(whole, compact);
        for (int i = 0; i < whole.size(); i++) {
            assertEquals(whole.get(i), compact.get(i), 0.1, "logit " + i);
        }
        assertEquals(whole, logits(run, "stored"));
    }

    @Test
    void anotherTypeIsRefused() {
        Graft.run("evaluate", "--base", Workspace.BASE, "--base-dtype", "fp8", "--data", folder)
                .failed(2, "--base-dtype is fp8", "stored, f32, bf16, int8");
    }
}
