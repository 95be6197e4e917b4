package dev.graft.lora.core;

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
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A LoRA in a folder as AdapterHub's library writes it; acceptance/03-1 compares the numbers with the library's. */
class AdapterHubLoraTest {
    private static final PeftMethods METHODS = new PeftMethods(List.of(new LoraMethod()));
    private static final Path BASES = Path.of("../transformer-model/src/test/resources/parity");

    @TempDir
    Path folder;

    private static Map<String, Object> config(String... matrices) {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("architecture", "lora");
        config.put("selfattn_lora", true);
        config.put("leave_out", List.of());
        config.put("r", 4);
        config.put("alpha", 8);
        config.put("dropout", 0.0);
        config.put("attn_matrices", List.of(matrices));
        config.put("composition_mode", "add");
        config.put("init_weights", "lora");
        config.put("use_gating", false);
        config.put("use_dora", false);
        config.put("vera_d", null);
        config.put("vera_b", null);
        return config;
    }

    private void write(Map<String, Object> config, SafetensorsWriter tensors) throws IOException {
        tensors.write(folder.resolve("adapter.safetensors"));
        Map<String, Object> all = Map.of("config", config, "model_type", "any", "name", "some", "hidden_size", 32);
        Files.writeString(folder.resolve("adapter_config.json"), Json.pretty(all));
    }

    @Test
    void theTensorsArePefts() throws IOException {
        AdapterRecord known = AdapterFiles.read(Path.of("src/test/resources/parity/lora/lora-plus"));
        SafetensorsWriter tensors = new SafetensorsWriter();
        Map<String, float[]> expected = new TreeMap<>();
        known.tensors().forEach((name, tensor) -> {
            if (name.contains(".lora_")) {
                String theirs = name.substring("base_model.model.".length())
                        .replace(".lora_", ".loras.some.lora_")
                        .replaceAll("\\.weight$", "");
                tensors.add(theirs, tensor.shape(), tensor.values());
                expected.put(name, tensor.values());
            }
        });
        write(config("q", "v"), tensors);
        loaded(BASES.resolve("bert/gelu/base"), expected);
    }

    /** Of GPT-2's fused projection the parts lie behind one another: q and v here, [2 * 4, 32] and [2 * 32, 4]. */
    @Test
    void aFusedProjectionIsTakenApart() throws IOException {
        SafetensorsWriter tensors = new SafetensorsWriter();
        Map<String, float[]> expected = new TreeMap<>();
        for (int layer = 0; layer < 3; layer++) {
            String path = "transformer.h." + layer + ".attn.c_attn.";
            for (String matrix : List.of("lora_A", "lora_B")) {
                float[] both = new float[2 * 4 * 32];
                float[][] parts = new float[2][4 * 32];
                for (int i = 0; i < both.length; i++) {
                    both[i] = (layer + 1) * (i % 97 - 48) / 100f;
                    parts[i / (4 * 32)][i % (4 * 32)] = both[i];
                }
                tensors.add(
                        path + "loras.some." + matrix,
                        matrix.equals("lora_A") ? new long[] {8, 32} : new long[] {64, 4},
                        both);
                expected.put("base_model.model." + path + "query." + matrix + ".weight", parts[0]);
                expected.put("base_model.model." + path + "value." + matrix + ".weight", parts[1]);
            }
        }
        write(config("v", "q"), tensors); // their order is q, k, v all the same
        loaded(BASES.resolve("gpt2/lm/base"), expected);
    }

    private void loaded(Path directory, Map<String, float[]> expected) throws IOException {
        try (BaseModel base = BaseModel.open(directory);
                Adapter adapter = AdapterFolder.load(base, METHODS, folder).adapter()) {
            assertEquals("lora", adapter.method());
            assertEquals(8.0, ((Number) adapter.settings().get("lora_alpha")).doubleValue());
            Map<String, float[]> found = new TreeMap<>();
            for (AdapterParameter parameter : adapter.tensors().stored()) {
                found.put(parameter.name(), parameter.tensor().toArray());
            }
            assertEquals(expected.keySet(), found.keySet());
            expected.forEach((name, values) -> assertArrayEquals(values, found.get(name), name));
        }
    }

    @Test
    void whatIsNotSupportedIsRefused() throws IOException {
        for (Map.Entry<String, Object> wrong : Map.<String, Object>of(
                        "use_dora", true, "use_gating", true, "vera_d", 0.1, "no_such_key", 1)
                .entrySet()) {
            Map<String, Object> config = config("q", "v");
            config.put(wrong.getKey(), wrong.getValue());
            write(config, new SafetensorsWriter());
            Exception refused = assertThrows(FileFormatException.class, () -> AdapterFiles.read(folder));
            assertTrue(refused.getMessage().contains("'config." + wrong.getKey() + "' is " + wrong.getValue()));
        }
    }
}
