package dev.graft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.peft.spi.file.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluateCommandTest {
    @TempDir
    Path folder;

    @Test
    void theLossIsThePeers() throws Exception {
        Map<String, Object> result = Graft.run(
                        "evaluate", "--base", Workspace.BASE, "--data", Graft.fixture("gelu/data.jsonl"), "--json")
                .done()
                .json();
        Map<String, Object> expected = Json.read(Graft.fixture("gelu/expected.json"));
        assertEquals(((Number) expected.get("loss")).doubleValue(), ((Number) result.get("loss")).doubleValue(), 1e-4);
        assertEquals(12, result.get("rows"));
        double accuracy = ((Number) result.get("accuracy")).doubleValue();
        double f1 = ((Number) result.get("macro_f1")).doubleValue();
        assertTrue(accuracy > 0 && accuracy <= 1 && f1 > 0 && f1 <= 1, result.toString());
        assertEquals(accuracy * 12, Math.rint(accuracy * 12), 1e-9);
    }

    @Test
    void aFoldersTestRowsAreMeasured() throws Exception {
        Workspace space = new Workspace(folder);
        Path data = space.data();
        Files.delete(data.resolve("train.jsonl")); // is not looked at
        space.file("data/test.jsonl", "{\"text\": \"fish\", \"label\": \"sea\"}\n");
        Graft run = Graft.run(
                "evaluate", "--base", Workspace.BASE, "--adapter", Workspace.ADAPTER, "--data", data, "--json");
        assertEquals(1, run.done().json().get("rows"));
        assertEquals("", run.err());
        assertTrue(Graft.run("evaluate", "--base", Workspace.BASE, "--data", data)
                .done()
                .out()
                .startsWith("rows"));
    }

    @Test
    void numberedLabelsAreNamedByTheData() throws Exception {
        Workspace space = new Workspace(folder);
        Path base = space.copy(Workspace.BASE, "base");
        Path config = base.resolve("config.json");
        String text = Files.readString(config);
        Files.writeString(
                config,
                text.replaceAll("(?s)\"id2label\": \\{.*?\\},", "\"num_labels\": 3,")
                        .replaceAll("(?s)\"label2id\": \\{.*?\\},", ""));
        Object loss = Graft.run("evaluate", "--base", base, "--data", space.data(), "--json")
                .done()
                .json()
                .get("loss");
        assertEquals(
                Graft.run("evaluate", "--base", Workspace.BASE, "--data", space.data(), "--json")
                        .json()
                        .get("loss"),
                loss);
        Graft.run("evaluate", "--base", base, "--data", space.data().resolve("test.jsonl"))
                .failed(2, "'lake' is unknown", "LABEL_0");
    }

    @Test
    void aLabelThatTheModelDoesNotKnow() throws Exception {
        Path file = new Workspace(folder)
                .file("rows.jsonl", "{\"text\": \"a\", \"label\": \"sea\"}\n{\"text\": \"a\", \"label\": \"pond\"}\n");
        Graft.run("evaluate", "--base", Workspace.BASE, "--data", file)
                .failed(2, "rows.jsonl, line 2", "'pond' is unknown", "labels of the base: lake, river, sea");
        Graft.run("evaluate", "--base", Workspace.BASE, "--adapter", Workspace.ADAPTER, "--data", "wordnet")
                .failed(2, "is unknown", "labels of the adapter: lake, river, sea");
        Graft.run("evaluate", "--base", Workspace.BASE).failed(2, "--data");
    }
}
