package dev.graft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.peft.spi.file.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Adapters of one method become one. */
class CombineCommandTest {
    @TempDir
    Path folder;

    private Graft combine(Object... more) {
        Object[] words = {"combine", "--base", Workspace.BASE, "--output", folder.resolve("combined")};
        return Graft.run(Stream.concat(Stream.of(words), Stream.of(more)).toArray());
    }

    private static Path fixture(String name) {
        return Graft.fixture("gelu/adapters/" + name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"default", "rslora", "patterns-rslora", "bias-all", "bias-lora-only", "all-linear"})
    void anAdapterAloneIsItself(String name) throws Exception {
        combine("--adapter", fixture(name) + "=1").done();
        List<Double> expected = new Workspace(folder).logits(fixture(name));
        List<Double> actual = new Workspace(folder).logits(folder.resolve("combined"));
        for (int i = 0; i < expected.size(); i++) {
            assertEquals(expected.get(i), actual.get(i), 1e-5, "logit " + i);
        }
    }

    /** A combination with every option. */
    private static Graft drawn(Path output) {
        return Graft.run(
                "combine",
                "--base",
                Workspace.BASE,
                "--adapter",
                fixture("default") + "=0.75",
                "--adapter",
                fixture("patterns") + "=0.25",
                "--combination",
                "dare_ties_svd",
                "--density",
                0.5,
                "--majority-sign-method",
                "frequency",
                "--seed",
                3,
                "--output",
                output,
                "--json");
    }

    @Test
    void theResultSaysWhatItWasMadeOf() throws Exception {
        Path combined = folder.resolve("combined");
        Graft run = drawn(combined).done();
        assertEquals("dare_ties_svd", run.json().get("combination"));
        assertEquals(List.of("lake", "river", "sea"), run.json().get("labels"));
        Map<String, Object> notes = Json.read(combined.resolve("graft.json"));
        assertEquals(3, notes.get("seed"));
        Map<?, ?> made = (Map<?, ?>) notes.get("training");
        assertEquals(0.5, made.get("density"));
        assertEquals("frequency", made.get("majority_sign_method"));
        assertEquals(2, ((List<?>) made.get("adapters")).size());
        Path again = folder.resolve("again");
        drawn(again).done();
        for (String file : List.of("adapter_model.safetensors", "adapter_config.json", "graft.json")) {
            assertEquals(-1, Files.mismatch(combined.resolve(file), again.resolve(file)), file);
        }
    }

    @Test
    void whatCannotBeCombinedIsRefusedWithTheReason() throws Exception {
        String one = fixture("default") + "=1";
        combine("--adapter", fixture("default")).failed(2, "--adapter is '", "DIR=WEIGHT");
        combine("--adapter", one, "--combination", "mean").failed(2, "'mean' is unknown", "dare_ties");
        combine("--adapter", one, "--combination", "ties").failed(2, "needs a density");
        combine("--adapter", one, "--density", 0.5).failed(2, "density is 0.5", "linear does not use it");
        combine("--adapter", one, "--combination", "ties", "--density", 0).failed(2, "density is 0.0; allowed");
        combine("--adapter", one, "--rank", 3).failed(2, "rank is 3", "does not use it");
        combine("--adapter", one, "--combination", "svd", "--rank", 4000).failed(2, "rank is 4000; allowed: 1 to");
        combine("--adapter", one, "--adapter", fixture("bias-all") + "=1", "--combination", "cat")
                .failed(2, "'bias' differs");
        combine("--adapter", one, "--adapter", fixture("patterns") + "=1").failed(2, "needs one rank", "cat");
        combine("--adapter", one, "--adapter", fixture("default") + "=-1").failed(2, "add up to 0.0", "classifiers");
        Path other = new Workspace(folder).at("other");
        new Workspace(folder)
                .train("--method", "vera", "--max-steps", 1, "--output", other)
                .done();
        combine("--adapter", other + "=1").failed(2, "'vera'", "not linear", "graft convert");
        combine("--adapter", one, "--adapter", other + "=1").failed(2, "several methods, lora and vera");
        assertFalse(Files.exists(folder.resolve("combined")));
    }

    @Test
    void methodsThatAreLinearAndBaselinesAreCombined() throws Exception {
        for (String method : List.of("ia3", "bitfit", "layer-norm", "full", "head")) {
            Path run = folder.resolve(method);
            new Workspace(folder)
                    .train("--method", method, "--max-steps", 1, "--learning-rate", 0.1, "--output", run)
                    .done();
            Path output = folder.resolve(method + "-combined");
            Object[] words = {"combine", "--base", Workspace.BASE, "--output", output, "--adapter", run + "=2"};
            Graft.run(Stream.concat(Stream.of(words), Stream.of("--adapter", run + "=-1"))
                            .toArray())
                    .done();
            new Workspace(folder).assertSamePredictions(run, output);
            Graft refused = Graft.run(
                    "combine",
                    "--base",
                    Workspace.BASE,
                    "--adapter",
                    run + "=1",
                    "--combination",
                    "cat",
                    "--output",
                    folder.resolve("none"));
            refused.failed(2, "low-rank products", "'" + method + "'", "linear, ties");
            assertTrue(Files.notExists(folder.resolve("none")));
        }
    }
}
