package dev.graft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.graft.peft.spi.file.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Adapters that were trained and written here give the same numbers in Python's PEFT, and those that it would misread are
 * refused by it: the cases of parity/written_adapters.json. It needs that Python, and runs with the Maven profile
 * {@code peer} only.
 */
@Tag("peer")
class WrittenAdaptersTest {
    private static final String VARIABLE = "GRAFT_PEER_PYTHON";
    private static final Path PARITY = Path.of("..", "parity");
    private static final Path BASES = Graft.fixture("..").normalize();

    @TempDir
    Path root;

    @Test
    void pythonsPeftReadsWhatIsMeant() throws Exception {
        String python = System.getenv(VARIABLE);
        assertNotNull(python, VARIABLE + " has to name a Python with what parity/requirements.txt lists");
        for (Map.Entry<String, Object> entry :
                Json.read(PARITY.resolve("written_adapters.json")).entrySet()) {
            write(root.resolve("adapters").resolve(entry.getKey()), (Map<?, ?>) entry.getValue());
        }
        Path report = root.resolve("report");
        Process check = new ProcessBuilder(
                        python,
                        PARITY.resolve("check_written_adapters.py").toString(),
                        root.resolve("adapters").toString())
                .redirectErrorStream(true)
                .redirectOutput(report.toFile())
                .start();
        assertEquals(0, check.waitFor(), () -> text(report));
    }

    private void write(Path folder, Map<?, ?> written) throws IOException {
        Path base = BASES.resolve((String) written.get("base"));
        Path data = data((String) written.get("base"));
        List<Object> words = new ArrayList<>(List.of("train", "--base", base.resolve("base"), "--data", data));
        Object length = written.containsKey("max_length") ? written.get("max_length") : 31;
        words.addAll(List.of("--method", written.get("method"), "--max-length", length, "--max-steps", 6));
        words.addAll(List.of("--batch-size", 4, "--learning-rate", 0.05, "--output", folder.resolve("adapter")));
        ((Map<?, ?>) written.get("set")).forEach((key, value) -> {
            words.add("--set");
            words.add(key + "=" + json(value));
        });
        Graft.run(words.toArray()).done();
        Graft.run(
                        "predict",
                        "--base",
                        base.resolve("base"),
                        "--adapter",
                        folder.resolve("adapter"),
                        "--input",
                        data.resolve("test.jsonl"),
                        "--output",
                        folder.resolve("predictions.jsonl"))
                .done();
        if (written.containsKey("merge")) {
            List<Object> merge = new ArrayList<>(List.of("merge", "--base", base.resolve("base"), "--adapter"));
            merge.addAll(List.of(folder.resolve("adapter"), "--output", folder.resolve("merged")));
            Graft.run(merge.toArray()).done();
        }
    }

    /** A data folder with the base's rows in each part. */
    private Path data(String base) throws IOException {
        Path folder = root.resolve("data").resolve(base);
        if (!Files.exists(folder)) {
            Files.createDirectories(folder);
            for (String part : List.of("train.jsonl", "validation.jsonl", "test.jsonl")) {
                Files.copy(BASES.resolve(base).resolve("data.jsonl"), folder.resolve(part));
            }
            Path labels = BASES.resolve(base).resolve("labels.json");
            if (Files.exists(labels)) {
                Files.copy(labels, folder.resolve("labels.json"));
            }
        }
        return folder;
    }

    private static String json(Object value) {
        String line = Json.line(Map.of("value", value)).strip();
        return line.substring(line.indexOf(':') + 1, line.length() - 1);
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
