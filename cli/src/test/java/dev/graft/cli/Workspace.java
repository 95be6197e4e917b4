package dev.graft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.peft.spi.file.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A folder with the tiny task of a fixture, and a look at what a command left in it. */
record Workspace(Path root) {
    static final Path BASE = Graft.fixture("gelu/base");
    static final Path ADAPTER = Graft.fixture("gelu/adapters/default");

    /** The data folder: the fixture's twelve rows in each part. */
    Path data() {
        Path folder = root.resolve("data");
        try {
            if (!Files.exists(folder)) {
                Files.createDirectories(folder);
                for (String part : List.of("train.jsonl", "validation.jsonl", "test.jsonl")) {
                    Files.copy(Graft.fixture("gelu/data.jsonl"), folder.resolve(part));
                }
                Files.copy(Graft.fixture("gelu/labels.json"), folder.resolve("labels.json"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return folder;
    }

    /** Another place in the folder. */
    Path at(String name) {
        return root.resolve(name);
    }

    /** Writes a file. */
    Path file(String name, String text) throws IOException {
        Files.createDirectories(at(name).getParent());
        return Files.writeString(at(name), text);
    }

    /** Copies a folder of files, so that a test may damage one. */
    Path copy(Path folder, String name) throws IOException {
        Files.createDirectories(at(name));
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                Files.copy(file, at(name).resolve(file.getFileName()));
            }
        }
        return at(name);
    }

    /** Every file below the folder, hidden ones too. */
    List<String> files() throws IOException {
        return files(root);
    }

    /** Every file below a folder, hidden ones too. */
    static List<String> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile)
                    .map(path -> folder.relativize(path).toString())
                    .sorted()
                    .toList();
        }
    }

    /** Trains on the tiny task. */
    Graft train(Object... more) {
        Object[] words = {"train", "--base", BASE, "--data", data(), "--max-length", 40, "--batch-size", 4};
        return Graft.run(Stream.concat(Stream.of(words), Stream.of(more)).toArray());
    }

    /** Evaluates, predicts with and looks into an adapter for classification. */
    void everyCommandTakes(Path adapter) throws Exception {
        Graft.run("evaluate", "--base", BASE, "--adapter", adapter, "--data", data())
                .done();
        assertEquals(12 * 3, logits(adapter).size());
        Path stored = Files.exists(adapter.resolve("best")) ? adapter.resolve("best") : adapter;
        Map<String, Object> seen =
                Graft.run("inspect", stored, "--base", BASE, "--json").done().json();
        assertTrue(((Map<?, ?>) seen.get("sites")).size() >= 3, seen.toString());
    }

    /** The logits of an adapter for the fixture's rows, one row after another. */
    List<Double> logits(Path adapter) throws Exception {
        Path output = at("predictions.jsonl");
        Object[] files = {"--input", Graft.fixture("gelu/data.jsonl"), "--output", output};
        Object[] words = {"predict", "--base", BASE, "--adapter", adapter};
        Graft.run(Stream.concat(Stream.of(words), Stream.of(files)).toArray()).done();
        List<Double> all = new ArrayList<>();
        for (String line : Files.readAllLines(output)) {
            ((List<?>) Json.parse(output, line).get("logits")).forEach(n -> all.add(((Number) n).doubleValue()));
        }
        return all;
    }

    /** Two adapters give the same logits to rounding. */
    void assertSamePredictions(Path expected, Path actual) throws Exception {
        List<Double> one = logits(expected);
        List<Double> other = logits(actual);
        for (int i = 0; i < one.size(); i++) {
            assertEquals(one.get(i), other.get(i), 1e-4, "logit " + i);
        }
    }
}
