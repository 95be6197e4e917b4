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

class MergeCommandTest {
    @TempDir
    Path folder;

    private List<Double> logits(Path base, Path adapter) throws Exception {
        Path output = folder.resolve("predictions.jsonl");
        List<Object> words = new ArrayList<>(List.of("predict", "--base", base, "--output", output, "--input"));
        words.add(Graft.fixture("gelu/data.jsonl"));
        if (adapter != null) {
            words.addAll(List.of("--adapter", adapter));
        }
        Graft.run(words.toArray()).done();
        List<Double> all = new ArrayList<>();
        for (String line : Files.readAllLines(output)) {
            ((List<?>) Json.parse(output, line).get("logits")).forEach(n -> all.add(((Number) n).doubleValue()));
        }
        return all;
    }

    private static void assertSame(List<Double> expected, List<Double> actual) {
        double most = expected.stream().mapToDouble(Math::abs).max().orElseThrow();
        assertEquals(expected.size(), actual.size());
        for (int i = 0; i < expected.size(); i++) {
            assertEquals(expected.get(i), actual.get(i), 1e-5 * most, "logit " + i);
        }
    }

    @ParameterizedTest
    @CsvSource({"gelu, default", "gelu, bias-all", "gelu, all-linear", "bare, default", "relu, all-linear"})
    void theMergedModelPredictsTheSame(String model, String name) throws Exception {
        Path base = Graft.fixture(model + "/base");
        Path adapter = Graft.fixture(model + "/adapters/" + name);
        Path merged = folder.resolve("merged");
        Graft run = Graft.run("merge", "--base", base, "--adapter", adapter, "--output", merged, "--json")
                .done();
        assertTrue(((Number) run.json().get("changed_weights")).intValue() > 0, run.out());
        assertSame(logits(base, adapter), logits(merged, null));
        Map<String, Object> config = Json.read(merged.resolve("config.json"));
        assertEquals(Map.of("0", "lake", "1", "river", "2", "sea"), config.get("id2label"));
        assertEquals(Map.of("lake", 0, "river", 1, "sea", 2), config.get("label2id"));
        assertEquals(
                List.of(model.equals("bare") ? "BertModel" : "BertForSequenceClassification"),
                config.get("architectures"));
        assertEquals(model.equals("bare"), run.err().contains("no pooler"), run.err());
        assertEquals(-1, Files.mismatch(base.resolve("tokenizer.json"), merged.resolve("tokenizer.json")));
    }

    @Test
    void aTrainedCopyOfTheBaseIsMergedToo() throws Exception {
        Workspace space = new Workspace(folder);
        Path run = folder.resolve("run");
        space.train("--method", "full", "--max-steps", 2, "--output", run).done();
        Graft.run("merge", "--base", Workspace.BASE, "--adapter", run, "--output", folder.resolve("merged"))
                .done();
        assertSame(logits(Workspace.BASE, run), logits(folder.resolve("merged"), null));
        assertFalse(logits(Workspace.BASE, null).equals(logits(folder.resolve("merged"), null)));
    }

    @Test
    void whatIsWrongIsSaidBeforeAnythingIsWritten() throws Exception {
        Workspace space = new Workspace(folder);
        space.file("used/file", "mine");
        Path used = folder.resolve("used");
        Graft.run("merge", "--base", Workspace.BASE, "--adapter", Workspace.ADAPTER, "--output", used)
                .failed(2, "used", "not empty");
        Path fresh = folder.resolve("fresh");
        Graft.run("merge", "--base", Graft.fixture("relu/base"), "--adapter", Workspace.ADAPTER, "--output", fresh)
                .failed(2, "does not fit the base", "lora_A");
        Graft.run("merge", "--base", Workspace.BASE, "--adapter", folder, "--output", fresh)
                .failed(2, "adapter_config.json");
        Graft.run("merge", "--base", Workspace.BASE, "--adapter", folder.resolve("none"), "--output", fresh)
                .failed(2, "none: no such folder", "adapter_config.json");
        Graft.run("merge", "--base", Workspace.BASE, "--output", fresh).failed(2, "--adapter");
        assertEquals(List.of("used/file"), space.files());
    }
}
