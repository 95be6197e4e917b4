package dev.graft.peft.spi.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdapterFilesTest {
    private static final String QUERY = "base_model.model.encoder.layer.0.attention.self.query.";

    @TempDir
    Path folder;

    @Test
    void whatIsWrittenIsReadAndWritesTheSameBytes() throws IOException {
        AdapterRecord adapter = adapter();
        AdapterFiles.write(folder.resolve("a"), adapter, false);
        AdapterRecord read = AdapterFiles.read(folder.resolve("a"));
        assertEquals(adapter.method(), read.method());
        assertEquals(adapter.settings(), read.settings());
        assertEquals(adapter.notes(), read.notes());
        assertEquals(adapter.peft(), read.peft());
        assertEquals(adapter.tensors().keySet(), read.tensors().keySet());
        assertArrayEquals(
                new float[] {1, 2, 3, 4},
                read.tensors().get(QUERY + "lora_A.weight").values());
        AdapterFiles.write(folder.resolve("b"), read, false);
        for (String file : List.of("adapter_config.json", "adapter_model.safetensors", "graft.json")) {
            assertEquals(
                    -1,
                    Files.mismatch(
                            folder.resolve("a").resolve(file),
                            folder.resolve("b").resolve(file)),
                    file);
        }
    }

    @Test
    void anIdBecomesPeftsTypeAndBack() throws IOException {
        AdapterRecord adapter = new AdapterRecord(
                "prefix-tuning", PeftNotes.NONE, Map.of(), Set.of(), adapter().tensors(), GraftNotes.NONE);
        AdapterFiles.write(folder.resolve("a"), adapter, false);
        assertTrue(Files.readString(folder.resolve("a/adapter_config.json")).contains("\"PREFIX_TUNING\""));
        assertEquals("prefix-tuning", AdapterFiles.read(folder.resolve("a")).method());
        assertFalse(Files.exists(folder.resolve("a/graft.json")));
    }

    @Test
    void settingsThatPeftDoesNotKnowStandInTheNotes() throws IOException {
        AdapterRecord adapter = new AdapterRecord(
                "lora",
                PeftNotes.NONE,
                Map.of("r", 4, "ours", "here"),
                Set.of("ours"),
                adapter().tensors(),
                GraftNotes.NONE);
        AdapterFiles.write(folder.resolve("a"), adapter, false);
        assertFalse(Files.readString(folder.resolve("a/adapter_config.json")).contains("ours"));
        AdapterRecord read = AdapterFiles.read(folder.resolve("a"));
        assertEquals(adapter.settings(), read.settings());
        assertEquals(Set.of("ours"), read.beyondPeft());
    }

    @Test
    void aFolderOfPeftHasAllItsKeysThatAreNotNull() throws IOException {
        AdapterRecord read =
                peft("{\"peft_type\":\"LORA\",\"r\":8,\"use_dora\":false,\"layers\":null,\"loftq_config\":{},"
                        + "\"alora\":[],\"megatron_core\":\"megatron.core\",\"task_type\":\"SEQ_CLS\",\"peft_version\":\"0.21.2\","
                        + "\"modules_to_save\":[\"classifier\"],\"inference_mode\":true,\"auto_mapping\":null,\"revision\":null,"
                        + "\"base_model_name_or_path\":\"base\",\"rank_pattern\":{\"b\":1,\"a\":2}}");
        assertEquals(
                List.of("r", "use_dora", "loftq_config", "alora", "megatron_core", "rank_pattern"),
                List.copyOf(read.settings().keySet()));
        assertEquals("{b=1, a=2}", read.settings().get("rank_pattern").toString());
        assertEquals(new PeftNotes("SEQ_CLS", "base", null, List.of("classifier")), read.peft());
        assertEquals(GraftNotes.NONE, read.notes());
    }

    /** PEFT keeps graft.json where it saves over an adapter of ours, and adds all its own keys. */
    @Test
    void afterPeftSavedAgainOurKeysKeepTheirValues() throws IOException {
        AdapterFiles.write(folder, adapter(), true);
        Path config = folder.resolve("adapter_config.json");
        Files.writeString(
                config, Files.readString(config).replaceFirst("\\{", "{\"lora_bias\":false,\"peft_version\":\"1\","));
        AdapterRecord read = AdapterFiles.read(folder);
        Map<String, Object> expected = new HashMap<>(adapter().settings());
        expected.put("lora_bias", false);
        assertEquals(expected, read.settings());
    }

    @Test
    void notesOfOtherTensorsAreRefused() throws IOException {
        AdapterFiles.write(folder, adapter(), false);
        new SafetensorsWriter()
                .add("w", new long[] {1}, new float[] {1})
                .write(folder.resolve("adapter_model.safetensors"));
        refused("delete graft.json");
    }

    @Test
    void valuesThatAreNotFiniteAreNeitherWrittenNorRead() throws IOException {
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            Map<String, AdapterTensor> tensors =
                    Map.of("w", new AdapterTensor(new long[] {3}, new float[] {0, 0, bad}));
            AdapterRecord adapter =
                    new AdapterRecord("lora", PeftNotes.NONE, Map.of(), Set.of(), tensors, GraftNotes.NONE);
            Path target = folder.resolve("bad");
            var error = assertThrows(IllegalArgumentException.class, () -> AdapterFiles.write(target, adapter, false));
            assertTrue(error.getMessage().contains("element 2"), error.getMessage());
            assertFalse(Files.exists(target));
        }
        new SafetensorsWriter()
                .add("w", new long[] {2}, new float[] {0, Float.NaN})
                .write(folder.resolve("adapter_model.safetensors"));
        Files.writeString(folder.resolve("adapter_config.json"), "{\"peft_type\":\"LORA\"}");
        refused("'w' holds NaN at element 1");
    }

    @Test
    void onlyAnAdapterIsReplacedAndOnlyIfAsked() throws IOException {
        Path target = folder.resolve("a");
        AdapterFiles.write(target, adapter(), false);
        assertThrows(FileAlreadyExistsException.class, () -> AdapterFiles.write(target, adapter(), false));
        AdapterFiles.write(target, adapter(), true);
        Files.writeString(target.resolve("thesis.txt"), "mine");
        assertThrows(FileAlreadyExistsException.class, () -> AdapterFiles.write(target, adapter(), true));
        assertTrue(Files.exists(target.resolve("thesis.txt")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"peft_type\":null}",
                "{\"peft_type\":7}",
                "{\"peft_type\":\"Lora Rank\"}",
                "{\"peft_type\":\"LORA\",\"task_type\":[]}",
                "{\"peft_type\":\"LORA\",\"modules_to_save\":\"classifier\"}",
                "{\"peft_type\":\"LORA\",\"r\":1e999}",
                "{\"peft_type\":\"LORA\",\"r\":1,\"r\":2}",
                "{\"peft_type\":\"LORA\"} {}",
                "{\"peft_type\":\"LORA\""
            })
    void aWrongConfigurationIsRefused(String json) throws IOException {
        assertThrows(FileFormatException.class, () -> peft(json));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"format\": 1->\"format\": 2",
                "\"format\": 1,->",
                "\"seed\": 7->\"seed\": 7.5",
                "\"seed\": 7->\"sead\": 7",
                "\"max_length\": 128->\"max_length\": 0",
                "\"method\": \"lora\"->\"method\": \"ia3\"",
                "\"labels\": [->\"labels\": [1, "
            })
    void wrongNotesAreRefused(String change) throws IOException {
        AdapterFiles.write(folder, adapter(), false);
        Path notes = folder.resolve("graft.json");
        String[] parts = change.split("->", -1);
        String changed = Files.readString(notes).replace(parts[0], parts[1]);
        assertFalse(changed.equals(Files.readString(notes)), change);
        Files.writeString(notes, changed);
        refused("graft.json");
    }

    @Test
    void aPickleIsRefusedWithTheWayOut() throws IOException {
        Files.writeString(folder.resolve("adapter_config.json"), "{}");
        refused("holds no adapter_model.safetensors; an adapter's folder has");
        Files.writeString(folder.resolve("adapter_model.bin"), "");
        refused("safe_serialization=True");
    }

    private AdapterRecord peft(String config) throws IOException {
        Files.writeString(folder.resolve("adapter_config.json"), config);
        new SafetensorsWriter()
                .add("w", new long[] {1}, new float[] {1})
                .write(folder.resolve("adapter_model.safetensors"));
        return AdapterFiles.read(folder);
    }

    private void refused(String reason) {
        var error = assertThrows(FileFormatException.class, () -> AdapterFiles.read(folder));
        assertTrue(error.getMessage().contains(reason), error.getMessage());
    }

    private static AdapterRecord adapter() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("r", 8);
        settings.put("lora_alpha", 16);
        settings.put("lora_dropout", 0.05);
        settings.put("use_rslora", false);
        settings.put("target_modules", List.of("query", "value"));
        settings.put("rank_pattern", Map.of());
        Map<String, AdapterTensor> tensors = new LinkedHashMap<>();
        tensors.put(QUERY + "lora_A.weight", new AdapterTensor(new long[] {2, 2}, new float[] {1, 2, 3, 4}));
        tensors.put(QUERY + "lora_B.weight", new AdapterTensor(new long[] {2, 2}, new float[] {0, -0f, 1e-40f, 4}));
        return new AdapterRecord(
                "lora",
                new PeftNotes("SEQ_CLS", "base", null, List.of("classifier", "score")),
                settings,
                Set.of(),
                tensors,
                new GraftNotes(
                        "0.1",
                        "f00d",
                        "cafe",
                        7L,
                        "d1ce",
                        List.of("a", "b"),
                        128,
                        Map.of("pooling", "mean"),
                        Map.of("epochs", 3)));
    }
}
