package dev.graft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example plugin in every command that takes a method. Its laws are checked beside the testkit. */
class ExamplePluginTest {
    @TempDir
    Path folder;

    private Path plugins;

    @BeforeEach
    void build() throws IOException {
        plugins = ExamplePlugin.jar(folder.resolve("plugins"));
    }

    private Graft run(Object... words) {
        return Graft.run(
                Stream.concat(Stream.of(words), Stream.of("--plugins", plugins)).toArray());
    }

    @Test
    void itsMethodIsOneShortFile() throws IOException {
        try (Stream<Path> files = Files.walk(ExamplePlugin.FOLDER.resolve("src/main"))) {
            List<Path> sources = files.filter(Files::isRegularFile)
                    .filter(file -> !file.endsWith("module-info.java"))
                    .toList();
            assertEquals(1, sources.size(), sources.toString());
            assertTrue(Files.readAllLines(sources.get(0)).size() < 100, sources + " is too long");
        }
    }

    /** No file outside the example's folder names its method: nothing had to be edited for it. */
    @Test
    void nobodyElsesCodeKnowsIt() throws IOException {
        Pattern word = Pattern.compile("(?i)loreft");
        try (Stream<Path> files = Files.walk(Path.of(".."), 12)) {
            List<Path> knowing = files.filter(
                            file -> file.toString().matches(".*/src/main/.*\\.(java|xml|properties)|.*/pom\\.xml"))
                    .filter(file -> !file.startsWith(ExamplePlugin.FOLDER))
                    .filter(Files::isRegularFile)
                    .filter(file -> word.matcher(read(file)).find())
                    .toList();
            assertEquals(List.of(), knowing);
        }
        assertFalse(Graft.run("methods").done().out().contains("loreft"), "without --plugins");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void itGeneratesConvertsAndComposes() throws Exception {
        Path base = Graft.fixture("../gpt2/lm").resolve("base");
        Path rows = Graft.fixture("../gpt2/lm").resolve("data.jsonl");
        Path data = Files.createDirectories(folder.resolve("texts"));
        for (String part : List.of("train.jsonl", "validation.jsonl", "test.jsonl")) {
            Files.copy(rows, data.resolve(part));
        }
        Path run = folder.resolve("run");
        run(
                        "train",
                        "--base",
                        base,
                        "--data",
                        data,
                        "--method",
                        "loreft+lora",
                        "--max-length",
                        48,
                        "--max-steps",
                        3,
                        "--set",
                        "loreft.r=2",
                        "--output",
                        run)
                .done();
        run("generate", "--base", base, "--adapter", run, "--prompt", "a", "--max-new-tokens", 3)
                .done();
        run("predict", "--base", base, "--adapter", run, "--input", rows, "--output", folder.resolve("out.jsonl"))
                .done();
        run("merge", "--base", base, "--adapter", run, "--output", folder.resolve("merged"))
                .failed(2, "transformer.h.0", "LAYER");
        run("convert", "--base", base, "--adapter", run, "--rank", 2, "--output", folder.resolve("low"))
                .failed(2, "transformer.h.0", "LAYER");
        Path adapter = run.resolve("best");
        assertEquals(true, run("inspect", adapter, "--json").done().json().get("installed"));
        assertEquals(
                false, Graft.run("inspect", adapter, "--json").done().json().get("installed"));
        Graft.run("generate", "--base", base, "--adapter", run, "--prompt", "a")
                .failed(2, "'loreft' is unknown", "--plugins");
    }

    @Test
    void itIsTimed() {
        Path config = Graft.fixture("gelu/base/config.json");
        run(
                        "bench",
                        "infer",
                        "--shape",
                        config,
                        "--method",
                        "loreft",
                        "--steps",
                        1,
                        "--warm-up",
                        0,
                        "--length",
                        8,
                        "--batch-size",
                        2)
                .done();
    }
}
