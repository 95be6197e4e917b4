package dev.graft.adapter.tuning;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.spi.file.AdapterFiles;
import dev.graft.peft.spi.file.AdapterRecord;
import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.peft.spi.file.Json;
import dev.graft.peft.spi.file.SafetensorsWriter;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.AdapterFolder;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.overlay.AdapterParameter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders as AdapterHub's library writes them: the same adapters as the fixtures' under Graft's names. */
class AdapterHubTest {
    private static final PeftMethods METHODS =
            new PeftMethods(List.of(new HoulsbyMethod(), new PfeifferMethod(), new ParallelMethod()));
    private static final Path BASE = Path.of("../transformer-model/src/test/resources/parity/bert/gelu/base");
    private static final Path FIXTURE = Path.of("src/test/resources/parity/houlsby/default");

    @TempDir
    Path folder;

    /** What adapters 1.3.0 writes for a DoubleSeqBnConfig, less keys of other kinds of bottlenecks. */
    private static Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("adapter_residual_before_ln", false);
        config.put("cross_adapter", false);
        config.put("inv_adapter", null);
        config.put("is_parallel", false);
        config.put("leave_out", List.of());
        config.put("ln_after", false);
        config.put("mh_adapter", true);
        config.put("non_linearity", "swish");
        config.put("original_ln_after", true);
        config.put("original_ln_before", false);
        config.put("output_adapter", true);
        config.put("phm_dim", 4);
        config.put("phm_layer", false);
        config.put("residual_before_ln", true);
        config.put("scaling", 1.0);
        config.put("stochastic_depth", 0.0);
        config.put("use_gating", false);
        return config;
    }

    private AdapterRecord write(Map<String, Object> config) throws IOException {
        AdapterRecord known = AdapterFiles.read(FIXTURE);
        config.putIfAbsent("reduction_factor", known.settings().get("reduction_factor"));
        SafetensorsWriter tensors = new SafetensorsWriter();
        SafetensorsWriter head = new SafetensorsWriter();
        known.tensors().forEach((name, tensor) -> {
            String own = name.substring("base_model.model.".length());
            if (own.startsWith("classifier")) {
                head.add(own, tensor.shape(), tensor.values());
            } else {
                String theirs = own.replace(".attention.adapter_", ".attention.output.adapters.some.adapter_")
                        .replace(".output.adapter_", ".output.adapters.some.adapter_");
                tensors.add(theirs, tensor.shape(), tensor.values());
            }
        });
        tensors.write(folder.resolve("adapter.safetensors"));
        head.write(folder.resolve("model_head.safetensors"));
        json("adapter_config.json", Map.of("config", config, "model_type", "bert", "name", "some", "hidden_size", 32));
        Map<String, Object> labels = Map.of("lake", 0, "river", 1, "sea", 2);
        json("head_config.json", Map.of("model_class", "BertForSequenceClassification", "label2id", labels));
        return known;
    }

    private void json(String name, Map<String, ?> content) throws IOException {
        Files.writeString(folder.resolve(name), Json.pretty(content));
    }

    @Test
    void theAdapterIsTheSame() throws IOException {
        AdapterRecord known = write(config());
        try (BaseModel base = BaseModel.open(BASE);
                Adapter adapter = AdapterFolder.load(base, METHODS, folder).adapter()) {
            assertEquals("houlsby", adapter.method());
            assertEquals(List.of("lake", "river", "sea"), adapter.labels());
            assertEquals(known.tensors().size(), adapter.tensors().stored().size());
            for (AdapterParameter parameter : adapter.tensors().stored()) {
                assertArrayEquals(
                        known.tensors().get(parameter.name()).values(),
                        parameter.tensor().toArray(),
                        parameter.name());
            }
        }
    }

    @Test
    void whatIsNotSupportedIsRefused() throws IOException {
        refused("config.use_gating", true);
        refused("config.ln_before", true);
        refused("config.residual_before_ln", false);
        refused("config.phm_layer", true);
        refused("config.inv_adapter", "nice");
        refused("config.no_such_key", 1);
        write(config());
        Files.move(folder.resolve("adapter.safetensors"), folder.resolve("pytorch_adapter.bin"));
        Exception pickle = assertThrows(FileFormatException.class, () -> AdapterFiles.read(folder));
        assertTrue(pickle.getMessage().contains("use_safetensors=True"), pickle.getMessage());
        json("adapter_config.json", Map.of("config", Map.of("architecture", "prompt_tuning"), "model_type", "bert"));
        Exception other = assertThrows(FileFormatException.class, () -> AdapterFiles.read(folder));
        assertTrue(other.getMessage().contains("prompt_tuning"), other.getMessage());
    }

    private void refused(String key, Object value) throws IOException {
        Map<String, Object> config = config();
        config.put(key.substring(key.indexOf('.') + 1), value);
        write(config);
        Exception refused = assertThrows(FileFormatException.class, () -> AdapterFiles.read(folder));
        assertTrue(refused.getMessage().contains("'" + key + "' is " + value), refused.getMessage());
    }
}
