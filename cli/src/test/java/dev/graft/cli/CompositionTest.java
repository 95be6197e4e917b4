package dev.graft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.peft.spi.file.AdapterFiles;
import dev.graft.peft.spi.file.AdapterTensor;
import dev.graft.peft.spi.file.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several methods at once: each part trains at its own rate, and the whole goes through every command. */
class CompositionTest {
    @TempDir
    Path folder;

    private Path mam(String name, Object... more) {
        Path run = folder.resolve(name);
        Object[] words = {
            "--method",
            "prefix+parallel",
            "--set",
            "prefix.num_virtual_tokens=3",
            "--set",
            "prefix.shift_positions=false",
            "--set",
            "parallel.scaling=2",
            "--output",
            run
        };
        new Workspace(folder)
                .train(Stream.concat(Stream.of(words), Stream.of(more)).toArray())
                .done();
        return run;
    }

    /** The MAM adapter of He et al. 2021, as data. */
    @Test
    void prefixAndParallelTogetherGoThroughEveryCommand() throws Exception {
        Path mam = mam("mam", "--max-steps", 2);
        new Workspace(folder).everyCommandTakes(mam);
        Graft.run("merge", "--base", Workspace.BASE, "--adapter", mam, "--output", folder.resolve("merged"))
                .failed(2, "bert.encoder.layer.0", "cannot be merged", "CACHE");
        Graft.run("combine", "--base", Workspace.BASE, "--adapter", mam + "=1", "--output", folder.resolve("combined"))
                .failed(2, "part 'prefix' of 'prefix+parallel'", "'prefix'", "cannot be combined");
    }

    private Path run(String name, String method, Object... more) {
        Path run = folder.resolve(name);
        Object[] words = {"--method", method, "--max-steps", 2, "--learning-rate", 0.1, "--output", run};
        new Workspace(folder)
                .train(Stream.concat(Stream.of(words), Stream.of(more)).toArray())
                .done();
        return run;
    }

    private Graft combine(String output, Object... more) {
        Object[] words = {"combine", "--base", Workspace.BASE, "--output", folder.resolve(output)};
        return Graft.run(Stream.concat(Stream.of(words), Stream.of(more)).toArray());
    }

    @Test
    void eachPartIsCombinedByItsOwnRule() throws Exception {
        Path both = run("both", "lora+ia3", "--set", "lora.use_rslora=true", "--set", "lora.bias=lora_only");
        combine("itself", "--adapter", both + "=1").done();
        new Workspace(folder).assertSamePredictions(both, folder.resolve("itself"));
        Path other = run("other", "lora+ia3", "--seed", 1, "--set", "ia3.lr_ratio=2");
        combine("none", "--adapter", both + "=0.5", "--adapter", other + "=0.5")
                .failed(2, "part 'lora' of 'lora+ia3'", "'bias' differs");
        combine("none", "--adapter", both + "=1", "--combination", "cat")
                .failed(2, "part 'ia3' of 'lora+ia3'", "low-rank products");
        combine("none", "--adapter", both + "=1", "--adapter", run("turned", "ia3+lora") + "=1")
                .failed(2, "several methods");
        assertTrue(Files.notExists(folder.resolve("none")));
    }

    /** Of the whole, what is trained and how fast comes from the first; the sum of two adapters is exact by cat. */
    @Test
    void adaptersOnOneLowerAdapterAreCombined() throws Exception {
        Path below = run("below", "lora");
        Path up = run("up", "dora", "--on-adapter", below, "--set", "r=2");
        combine("sum", "--adapter", up + "=2", "--adapter", up + "=-1", "--combination", "cat")
                .done();
        new Workspace(folder).assertSamePredictions(up, folder.resolve("sum"));
        Map<String, Object> settings = AdapterFiles.read(folder.resolve("sum")).settings();
        assertEquals(false, settings.get("lora.trained"));
        assertEquals(4, settings.get("lora2.r"));
        assertEquals(true, settings.get("lora2.use_dora"));
    }

    /** A preset is a part under its method's name, as files have no other; the folder is read again. */
    @Test
    void presetsArePartsToo() throws Exception {
        Path run = run("presets", "dora+ia3", "--set", "lora.r=2");
        new Workspace(folder).everyCommandTakes(run);
        assertEquals(true, AdapterFiles.read(run).settings().get("lora.use_dora"));
        combine("itself", "--adapter", run + "=1").done();
        new Workspace(folder).assertSamePredictions(run, folder.resolve("itself"));
    }

    /**
     * What a run's learning rate moves in each part: AdamW's first step moves an element by the rate, so the runs of two
     * rates differ by what lies between these.
     */
    private void assertMoved(double prefix, double parallel, double head, Object... more) throws Exception {
        Object[] one = {"--max-steps", 1, "--weight-decay", 0, "--schedule", "constant", "--learning-rate"};
        Object[] rate = Stream.concat(Stream.of(more), Stream.of(one)).toArray();
        Map<String, AdapterTensor> slow = tensors(mam("slow" + more.length, words(rate, 1e-3)));
        Map<String, AdapterTensor> fast = tensors(mam("fast" + more.length, words(rate, 3e-3)));
        assertEquals(prefix, moved(slow, fast, "prefix."), 0.02 * prefix);
        assertEquals(parallel, moved(slow, fast, "parallel."), 0.02 * parallel);
        assertEquals(head, moved(slow, fast, "base_model.model.classifier"), 0.02 * head);
    }

    private static Object[] words(Object[] words, Object last) {
        return Stream.concat(Stream.of(words), Stream.of(last)).toArray();
    }

    private static Map<String, AdapterTensor> tensors(Path run) throws Exception {
        return AdapterFiles.read(run).tensors();
    }

    private static double moved(Map<String, AdapterTensor> slow, Map<String, AdapterTensor> fast, String part) {
        double most = 0;
        for (String name : slow.keySet()) {
            if (name.startsWith(part)) {
                float[] from = slow.get(name).values();
                float[] to = fast.get(name).values();
                for (int i = 0; i < from.length; i++) {
                    most = Math.max(most, Math.abs(to[i] - from[i]));
                }
            }
        }
        return most;
    }

    /** The whole has the rate of parallel, 1e-3; a prefix alone has one 30 times as high. */
    @Test
    void eachPartTrainsAtItsOwnRate() throws Exception {
        assertMoved(30 * 2e-3, 2e-3, 2e-3);
        Map<String, Object> settings =
                AdapterFiles.read(folder.resolve("slow0")).settings();
        assertEquals(30, ((Number) settings.get("prefix.lr_ratio")).doubleValue(), 1e-9);
        assertEquals(1, ((Number) settings.get("parallel.lr_ratio")).doubleValue());
    }

    @Test
    void aPartsRateCanBeSet() throws Exception {
        assertMoved(5 * 2e-3, 0.5 * 2e-3, 2e-3, "--set", "prefix.lr_ratio=5", "--set", "parallel.lr_ratio=0.5");
        new Workspace(folder)
                .train("--method", "prefix+parallel", "--set", "prefix.lr_ratio=0", "--output", folder.resolve("no"))
                .failed(2, "prefix.lr_ratio", "0", "a number from");
    }

    @Test
    void theWholeHasTheLowestRateByDefault() throws Exception {
        Path run = mam("default", "--max-steps", 1);
        Map<?, ?> made = (Map<?, ?>) Json.read(run.resolve("run.json")).get("training");
        assertEquals(1e-3, ((Number) made.get("learning_rate")).doubleValue());
    }
}
