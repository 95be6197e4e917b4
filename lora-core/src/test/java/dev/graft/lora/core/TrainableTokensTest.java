package dev.graft.lora.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.autograd.kernel.MathMode;
import dev.graft.autograd.memory.Tiles;
import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.spi.SettingsException;
import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.peft.spi.file.GraftNotes;
import dev.graft.peft.spi.file.SafetensorsFile;
import dev.graft.peft.spi.file.SafetensorsWriter;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.AdapterFolder;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.LanguageModel;
import dev.graft.transformer.model.Workers;
import dev.graft.transformer.model.overlay.AdapterParameter;
import dev.graft.transformer.model.overlay.TokenRow;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rows of the table of words as a method of their own: files with PEFT's names, tied tables, merging. */
class TrainableTokensTest {
    private static final PeftMethods METHODS = new PeftMethods(List.of(new TrainableTokensMethod()));
    private static final String ROOT = "base_model.model.";
    private static final String DELTA = ".trainable_tokens_delta";

    @TempDir
    Path folder;

    private static BaseModel base(String family) throws IOException {
        return BaseModel.open(
                Path.of("..", "transformer-model", "src", "test", "resources", "parity", family, "lm", "base"));
    }

    private static Adapter lively(BaseModel base) {
        Adapter adapter =
                Adapter.create(base, METHODS, "trainable-tokens", Map.of("token_indices", List.of(9, 4)), List.of(), 1);
        for (AdapterParameter parameter : adapter.tensors().trained()) {
            float[] values = parameter.tensor().toArray();
            for (int i = 0; i < values.length; i++) {
                values[i] += (float) Math.sin(i);
            }
            Tiles.write(values, parameter.tensor());
        }
        return adapter;
    }

    private static float[][] next(BaseModel base, Adapter adapter) {
        int[] prompt = {5, 9, 17};
        TokenRow row = base.config().encoderDecoder()
                ? new TokenRow(prompt, new int[3], new int[] {base.config().startToken(), 4}, null)
                : new TokenRow(prompt, new int[3]);
        try (Workers workers = new Workers(MathMode.FP32, 1)) {
            return new LanguageModel(base, workers).next(List.of(row), Arrays.asList(adapter));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "gpt2, transformer.wte, transformer.wte;lm_head",
        "bart, model.shared, model.shared;model.encoder.embed_tokens;model.decoder.embed_tokens;lm_head"
    })
    void theFileHasTheRowsAtEveryModuleThatUsesThem(String family, String owner, String modules) throws IOException {
        try (BaseModel base = base(family);
                Adapter adapter = lively(base)) {
            float[][] expected = next(base, adapter);
            assertTrue(Math.abs(expected[0][3] - next(base, null)[0][3]) > 1e-3, "the adapter changes nothing");
            AdapterFolder.save(folder.resolve("a"), base, adapter, GraftNotes.NONE, false);
            Path file = folder.resolve("a/adapter_model.safetensors");
            checkLoaded(base, expected);
            SafetensorsWriter fewer = new SafetensorsWriter();
            SafetensorsWriter other = new SafetensorsWriter();
            try (SafetensorsFile written = SafetensorsFile.open(file)) {
                assertEquals(
                        Set.of(modules.split(";")),
                        Set.copyOf(written.names().stream()
                                .map(name -> name.substring(ROOT.length(), name.length() - DELTA.length()))
                                .toList()));
                for (String name : written.names()) {
                    float[] values = written.floats(name);
                    long[] shape = written.entry(name).shape();
                    if (name.equals(ROOT + owner + DELTA)) {
                        fewer.add(name, shape, values);
                    } else {
                        values = values.clone();
                        values[1]++;
                    }
                    other.add(name, shape, values);
                }
            }
            fewer.write(file);
            AdapterFolder.load(base, METHODS, folder.resolve("a")).adapter().close();
            other.write(file);
            Exception refused = assertThrows(
                    FileFormatException.class, () -> AdapterFolder.load(base, METHODS, folder.resolve("a")));
            assertTrue(refused.getMessage().contains("is a copy"), refused.getMessage());
        }
    }

    private void checkLoaded(BaseModel base, float[][] expected) throws IOException {
        try (Adapter loaded =
                        AdapterFolder.load(base, METHODS, folder.resolve("a")).adapter();
                BaseModel merged = base.merge(loaded)) {
            assertArrayEquals(expected[0], next(base, loaded)[0]);
            assertArrayEquals(expected[0], next(merged, null)[0], 1e-4f);
            assertEquals(base.shape().parameters(), merged.shape().parameters(), "the table stays one");
        }
    }

    @Test
    void wrongSettingsAreRefused() throws IOException {
        try (BaseModel base = base("bart")) {
            for (Map<String, Object> wrong : List.<Map<String, Object>>of(
                    Map.of("token_indices", List.of()),
                    Map.of("token_indices", List.of(3, 3)),
                    Map.of("token_indices", List.of(base.config().vocabularySize())),
                    Map.of("target_modules", "lm_head"),
                    Map.of("target_modules", "fc1"))) {
                String key = wrong.keySet().iterator().next();
                Exception refused = assertThrows(
                        SettingsException.class,
                        () -> Adapter.create(base, METHODS, "trainable-tokens", wrong, List.of(), 1));
                assertTrue(refused.getMessage().contains("'" + key + "'"), refused.getMessage());
            }
        }
    }
}
