package dev.graft.prefix.tuning;

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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A prefix in a folder as AdapterHub's library means it; acceptance/03-1 compares the numbers with the library's. */
class AdapterHubPrefixTest {
    private static final PeftMethods METHODS = new PeftMethods(List.of(new PrefixMethod()));
    private static final Path BASE = Path.of("../transformer-model/src/test/resources/parity/bert/gelu/base");
    private static final String PLACE = "bert.prefix_tuning.prefix_tunings.some.self_prefix.";
    private static final int ROWS = 5;
    private static final int ROW = 192; // 3 layers, keys and values of 32

    private final SafetensorsWriter tensors = new SafetensorsWriter();
    private final Map<String, Object> config = new LinkedHashMap<>();

    @TempDir
    Path folder;

    @BeforeEach
    void settings() {
        config.put("architecture", "prefix_tuning");
        config.put("bottleneck_size", 2);
        config.put("cross_prefix", true);
        config.put("dropout", 0.0);
        config.put("encoder_prefix", true);
        config.put("flat", true);
        config.put("leave_out", List.of());
        config.put("non_linearity", "tanh");
        config.put("prefix_length", ROWS);
        config.put("shared_gating", true);
        config.put("use_gating", false);
    }

    private void write() throws IOException {
        tensors.write(folder.resolve("adapter.safetensors"));
        Map<String, Object> all = Map.of("config", config, "model_type", "bert", "name", "some", "hidden_size", 32);
        Files.writeString(folder.resolve("adapter_config.json"), Json.pretty(all));
    }

    private float[] loaded() throws IOException {
        try (BaseModel base = BaseModel.open(BASE);
                Adapter adapter = AdapterFolder.load(base, METHODS, folder).adapter()) {
            assertEquals("prefix", adapter.method());
            assertEquals(false, adapter.settings().get("shift_positions"));
            assertEquals(1, adapter.tensors().stored().size());
            assertArrayEquals(
                    new long[] {ROWS, ROW}, adapter.tensors().stored().get(0).shape());
            return adapter.tensors().stored().get(0).tensor().toArray();
        }
    }

    @Test
    void theRowsArePefts() throws IOException {
        AdapterRecord known = AdapterFiles.read(Path.of("src/test/resources/parity/prefix/default"));
        float[] rows = known.tensors().get("prompt_embeddings").values();
        tensors.add(PLACE + "control_trans", new long[] {rows.length}, rows);
        String again = "bert.encoder.layer.0.attention.self.prefix_tuning.pool.prefix_tunings.some.self_prefix.";
        tensors.add(again + "control_trans", new long[] {rows.length}, rows); // each layer holds it once more
        write();
        assertArrayEquals(rows, loaded());
    }

    /** b2 + W2 tanh(b1), where W1 is zero: the same row five times. */
    @Test
    void whatTheMlpMakesIsComputed() throws IOException {
        config.put("flat", false);
        tensors.add(PLACE + "wte.weight", new long[] {ROWS, 32}, filled(ROWS * 32, 1));
        tensors.add(PLACE + "control_trans.0.weight", new long[] {2, 32}, new float[64]);
        tensors.add(PLACE + "control_trans.0.bias", new long[] {2}, new float[] {0.5f, -1});
        tensors.add(PLACE + "control_trans.2.weight", new long[] {ROW, 2}, filled(ROW * 2, 2));
        float[] shift = new float[ROW];
        for (int i = 0; i < ROW; i++) {
            shift[i] = i;
        }
        tensors.add(PLACE + "control_trans.2.bias", new long[] {ROW}, shift);
        write();
        float[] found = loaded();
        for (int i = 0; i < found.length; i++) {
            assertEquals(i % ROW + 2 * Math.tanh(0.5) + 2 * Math.tanh(-1), found[i], 1e-4, "value " + i);
        }
    }

    private static float[] filled(int count, float value) {
        float[] values = new float[count];
        java.util.Arrays.fill(values, value);
        return values;
    }

    @Test
    void gatesAndLayersLeftOutAreRefused() throws IOException {
        config.put("use_gating", true);
        write();
        Exception gates = assertThrows(FileFormatException.class, () -> AdapterFiles.read(folder));
        assertTrue(gates.getMessage().contains("'config.use_gating' is true"), gates.getMessage());
        config.put("use_gating", false);
        config.put("leave_out", List.of(1));
        write();
        Exception layers = assertThrows(FileFormatException.class, () -> AdapterFiles.read(folder));
        assertTrue(layers.getMessage().contains("'config.leave_out' is [1]"), layers.getMessage());
    }
}
