package dev.graft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.peft.spi.file.AdapterFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectCommandTest {
    @TempDir
    Path folder;

    private static Map<String, Object> inspect(Object... words) throws Exception {
        List<Object> all = new java.util.ArrayList<>(List.of("inspect", "--json"));
        all.addAll(List.of(words));
        return Graft.run(all.toArray()).done().json();
    }

    @Test
    void aBase() throws Exception {
        Map<String, Object> base = inspect(Workspace.BASE);
        assertEquals("base", base.get("kind"));
        assertEquals("bert", base.get("family"));
        assertEquals(3, base.get("layers"));
        assertEquals(31264, base.get("parameters"));
        assertEquals(40, base.get("sites")); // the table of words is one
        assertEquals(3, ((Map<?, ?>) base.get("sites_by_slot")).get("QUERY"));
        assertEquals(64, base.get("fingerprint").toString().length());
        assertEquals(List.of("lake", "river", "sea"), base.get("classifier_labels"));
    }

    @Test
    void anAdapter() throws Exception {
        Map<String, Object> adapter = inspect(Workspace.ADAPTER, "--base", Workspace.BASE);
        assertEquals("lora", adapter.get("method"));
        assertEquals(3171, adapter.get("parameters"));
        assertEquals(3171.0 / 31264, (double) adapter.get("share_of_base"), 1e-12);
        assertEquals(16, ((Map<?, ?>) adapter.get("settings")).get("lora_alpha"));
    }

    @Test
    void whereAnAdapterActs() throws Exception {
        Map<String, Object> adapter = inspect(Workspace.ADAPTER, "--base", Workspace.BASE);
        Map<?, ?> sites = (Map<?, ?>) adapter.get("sites");
        Map<?, ?> layers = (Map<?, ?>) adapter.get("layers");
        assertEquals(List.of("encoder 0", "encoder 1", "encoder 2"), List.copyOf(layers.keySet()));
        Map<?, ?> query = (Map<?, ?>) sites.get("bert.encoder.layer.1.attention.self.query QUERY");
        double update = (double) query.get("update_norm");
        assertEquals(update(query), update, 1e-5 * update);
        assertEquals(0.0, query.get("bias_update_norm"));
        Map<?, ?> value = (Map<?, ?>) sites.get("bert.encoder.layer.1.attention.self.value VALUE");
        double both = Math.hypot(update, (double) value.get("update_norm"));
        assertEquals(both, (double) ((Map<?, ?>) layers.get("encoder 1")).get("update_norm"), 1e-9);
        int own = 0;
        for (Object layer : layers.values()) {
            own += (int) ((Map<?, ?>) layer).get("parameters");
        }
        assertEquals(adapter.get("parameters"), own + (int) adapter.get("classifier_parameters"));
        assertEquals(0, adapter.get("shared_parameters"));
    }

    /** |s B A| of the query of layer 1, straight from the file. */
    private static double update(Map<?, ?> query) throws Exception {
        String at = "base_model.model.bert.encoder.layer.1.attention.self.query.lora_";
        Map<String, Object> settings = AdapterFiles.read(Workspace.ADAPTER).settings();
        int rank = (int) settings.get("r");
        double scale = ((Number) settings.get("lora_alpha")).doubleValue() / rank;
        float[] a = AdapterFiles.read(Workspace.ADAPTER)
                .tensors()
                .get(at + "A.weight")
                .values();
        float[] b = AdapterFiles.read(Workspace.ADAPTER)
                .tensors()
                .get(at + "B.weight")
                .values();
        assertEquals(a.length + b.length, query.get("parameters"));
        double squares = 0;
        int in = a.length / rank;
        for (int i = 0; i < b.length / rank; i++) {
            for (int j = 0; j < in; j++) {
                double sum = 0;
                for (int k = 0; k < rank; k++) {
                    sum += scale * b[i * rank + k] * a[k * in + j];
                }
                squares += sum * sum;
            }
        }
        return Math.sqrt(squares);
    }

    @Test
    void aRunAndItsBestAdapter() throws Exception {
        Path run = folder.resolve("run");
        new Workspace(folder)
                .train("--method", "head", "--max-steps", 1, "--seed", 5, "--output", run)
                .done();
        assertEquals("finished", inspect(run).get("state"));
        Map<String, Object> best = inspect(run.resolve("best"));
        assertEquals(5, best.get("seed"));
        assertEquals(List.of("lake", "river", "sea"), best.get("labels"));
        Graft.run("inspect", run.resolve("best"), "--base", Graft.fixture("relu/base"))
                .failed(2, "trained on the base with fingerprint");
    }

    @Test
    void aFileOfTensors() throws Exception {
        Map<String, Object> file = inspect(Workspace.BASE.resolve("model.safetensors"));
        assertEquals("F32 [3, 32]", ((Map<?, ?>) file.get("tensors")).get("classifier.weight"));
        String text = Graft.run("inspect", Workspace.BASE.resolve("model.safetensors"))
                .done()
                .out();
        assertTrue(text.contains("classifier.bias"), text);
    }

    @Test
    void anythingElseIsRefused() throws Exception {
        Graft.run("inspect", folder).failed(2, "nothing that Graft knows", "config.json");
        Graft.run("inspect", folder.resolve("none")).failed(2, "does not exist");
        Path file = Files.writeString(folder.resolve("a.safetensors"), "{}");
        Graft.run("inspect", file).failed(2, "a.safetensors: has 2 bytes");
        Graft.run("inspect", Files.writeString(folder.resolve("a.txt"), "x")).failed(2, "a.txt is nothing");
    }
}
