package dev.graft.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.peft.spi.file.AdapterFiles;
import dev.graft.peft.spi.file.AdapterTensor;
import dev.graft.peft.spi.file.Hashes;
import dev.graft.peft.spi.file.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A method is trained on top of an adapter that stays as it is. */
class OnAdapterTest {
    private static final String TENSORS = "adapter_model.safetensors";

    @TempDir
    Path folder;

    private Workspace workspace() {
        return new Workspace(folder);
    }

    private Path lower(String method) {
        Path run = folder.resolve("lower-" + method);
        workspace().train("--method", method, "--max-steps", 2, "--output", run).done();
        return run;
    }

    /** Tensors of the lower adapter are in the upper one under a prefix, bit for bit. */
    private static int assertInside(Path below, Path both, String prefix) throws Exception {
        Map<String, AdapterTensor> expected = AdapterFiles.read(below).tensors();
        Map<String, AdapterTensor> actual = AdapterFiles.read(both).tensors();
        int found = 0;
        for (String name : expected.keySet()) {
            if (!name.contains("classifier")) {
                assertArrayEquals(
                        expected.get(name).values(), actual.get(prefix + name).values(), name);
                found++;
            }
        }
        return found;
    }

    @Test
    void anotherMethodOnTopIsOneAdapterWithIt() throws Exception {
        Path below = lower("lora");
        String before = Hashes.sha256(below.resolve(TENSORS));
        Path both = folder.resolve("both");
        Graft run = workspace()
                .train(
                        "--on-adapter",
                        below,
                        "--method",
                        "pfeiffer",
                        "--set",
                        "reduction_factor=4",
                        "--epochs",
                        1,
                        "--output",
                        both,
                        "--json")
                .done();
        assertEquals("lora+pfeiffer", run.json().get("method"));
        Map<String, Object> settings = AdapterFiles.read(both).settings();
        assertEquals(false, settings.get("lora.trained"));
        assertEquals(true, settings.get("pfeiffer.trained"));
        assertEquals(4, settings.get("pfeiffer.reduction_factor"));
        assertEquals(12, assertInside(below, both, "lora."));
        assertEquals(before, Hashes.sha256(below.resolve(TENSORS)));
        // the lower one's 12 matrices of 8 x 32 are stored and not trained
        int stored = AdapterFiles.read(both).tensors().values().stream()
                .mapToInt(tensor -> tensor.values().length)
                .sum();
        assertEquals(12 * 8 * 32, stored - (int) run.json().get("trainable"));
        workspace().everyCommandTakes(both);
        Graft.run("merge", "--base", Workspace.BASE, "--adapter", both, "--output", folder.resolve("merged"))
                .failed(2, "bert.encoder.layer.0", "cannot be merged");
    }

    @Test
    void aStackOfTwoOfOneMethodIsMergedAndTrainedOn() throws Exception {
        Path below = lower("lora");
        Path both = folder.resolve("both");
        workspace()
                .train("--on-adapter", below, "--method", "lora", "--set", "r=2", "--max-steps", 2, "--output", both)
                .done();
        assertEquals(12, assertInside(below, both, "lora."));
        assertEquals(2, AdapterFiles.read(both).settings().get("lora2.r"));
        Graft.run("merge", "--base", Workspace.BASE, "--adapter", both, "--output", folder.resolve("merged"))
                .done();
        Path three = folder.resolve("three");
        workspace()
                .train("--on-adapter", both, "--method", "ia3", "--max-steps", 1, "--output", three)
                .done();
        assertEquals(24, assertInside(both, three, ""));
        assertEquals(false, AdapterFiles.read(three).settings().get("lora2.trained"));
        Path on = folder.resolve("on");
        workspace()
                .train("--init-adapter", three, "--max-steps", 1, "--output", on)
                .done();
        assertEquals(24, assertInside(both, on, ""));
    }

    @Test
    void whatHasNoTensorsOfItsOwnInAFileStaysToo() throws Exception {
        Path below = folder.resolve("lower");
        workspace()
                .train(
                        "--method",
                        "prefix",
                        "--set",
                        "prefix_projection=true",
                        "--set",
                        "shift_positions=false",
                        "--max-steps",
                        1,
                        "--output",
                        below)
                .done();
        Path both = folder.resolve("both");
        workspace()
                .train("--on-adapter", below, "--method", "parallel", "--max-steps", 1, "--output", both)
                .done();
        assertEquals(1, assertInside(below, both, "prefix."));
        workspace().everyCommandTakes(both);
        workspace()
                .train("--on-adapter", below, "--method", "prefix", "--output", folder.resolve("none"))
                .failed(2, "two parts put rows in front");
    }

    @Test
    void aKilledRunGoesOnWithTheSameLowerAdapterOnly() throws Exception {
        Path below = lower("lora");
        Path killed = folder.resolve("killed");
        Path log = folder.resolve("log");
        Object[] start = {
            "train", "--base", Workspace.BASE, "--data", workspace().data()
        };
        Object[] rows = {"--max-length", 40, "--batch-size", 4};
        Process process = Subprocess.start(log, "true", words(start, rows, run(below, killed)));
        try {
            Subprocess.await(process, killed.resolve("checkpoint/state.json"), log);
        } finally {
            process.destroyForcibly();
            process.waitFor();
        }
        Object[] resume = {"--resume"};
        Path other = folder.resolve("other");
        workspace()
                .train("--method", "lora", "--max-steps", 2, "--seed", 1, "--output", other)
                .done();
        workspace().train(words(run(other, killed), resume)).failed(2, "on_adapter");
        workspace().train(words(run(below, killed), resume)).done();
        Path whole = folder.resolve("whole");
        workspace().train(run(below, whole)).done();
        assertEquals(-1, Files.mismatch(whole.resolve(TENSORS), killed.resolve(TENSORS)));
    }

    private static Object[] run(Path below, Path output) {
        return new Object[] {
            "--on-adapter", below, "--method", "ia3", "--epochs", 60, "--checkpoint-every", 5, "--output", output
        };
    }

    private static Object[] words(Object[]... parts) {
        return Stream.of(parts).flatMap(Stream::of).toArray();
    }

    @Test
    void whatCannotStandOnAnAdapterIsRefused() throws Exception {
        Path below = Workspace.ADAPTER;
        Path none = folder.resolve("none");
        workspace().train("--on-adapter", below, "--output", none).failed(2, "--method is missing");
        workspace()
                .train("--on-adapter", below, "--method", "full", "--output", none)
                .failed(2, "'full' is no method that can act together");
        workspace()
                .train("--on-adapter", below, "--init-adapter", below, "--output", none)
                .failed(2, "--init-adapter", "--on-adapter", "give one");
        workspace()
                .train("--on-adapter", below, "--method", "lora", "--set", "rank=3", "--output", none)
                .failed(2, "lora2.rank", "unknown");
        assertTrue(Files.notExists(none));
    }

    /** PEFT notes what the encoder of rows does not use: of one with an MLP any number of layers, and a dropout. */
    @Test
    void anAdapterOfPeftWithUnusedSettingsStaysToo() throws Exception {
        Path made = folder.resolve("made");
        run("--method", "p-tuning", "--set", "num_virtual_tokens=2", "--output", made);
        Path peft = Files.createDirectories(folder.resolve("peft"));
        Files.copy(made.resolve(TENSORS), peft.resolve(TENSORS));
        Map<String, Object> config = new LinkedHashMap<>(Json.read(made.resolve("adapter_config.json")));
        config.put("encoder_dropout", 0.3);
        config.put("encoder_num_layers", 5);
        Files.writeString(peft.resolve("adapter_config.json"), Json.pretty(config));
        Path both = folder.resolve("both");
        run("--on-adapter", peft, "--method", "lora", "--output", both);
        assertEquals(1, assertInside(peft, both, "p-tuning."));
        workspace().everyCommandTakes(both);
        Path on = folder.resolve("on");
        run("--on-adapter", both, "--method", "ia3", "--output", on);
        assertEquals(13, assertInside(both, on, ""));
    }

    /** A step on texts that leave room for two rows. */
    private void run(Object... more) {
        Object[] words = {
            "train", "--base", Workspace.BASE, "--data", workspace().data(), "--max-length", 36
        };
        Object[] step = {"--batch-size", 4, "--max-steps", 1};
        Graft.run(words(words, step, more)).done();
    }
}
