package dev.graft.lora.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.autograd.CounterRandom;
import dev.graft.autograd.kernel.MathMode;
import dev.graft.autograd.memory.Tiles;
import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.peft.spi.file.SafetensorsFile;
import dev.graft.peft.spi.file.SafetensorsWriter;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.LanguageModel;
import dev.graft.transformer.model.LowRankConversion;
import dev.graft.transformer.model.MergedModel;
import dev.graft.transformer.model.WeightedAdapter;
import dev.graft.transformer.model.Workers;
import dev.graft.transformer.model.overlay.AdapterParameter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An adapter at an output projection that is the table of words too: merged, the model has both. */
class TiedHeadTest {
    private static final PeftMethods METHODS = new PeftMethods(List.of(new LoraMethod()));
    private static final List<int[]> PROMPTS = List.of(new int[] {5, 9, 17}, new int[] {8, 4, 30, 21, 6});

    @TempDir
    Path folder;

    private static Path base(String family) {
        return Path.of("..", "transformer-model", "src", "test", "resources", "parity", family, "lm", "base");
    }

    private static Adapter lively(BaseModel base) {
        Map<String, Object> settings = Map.of("target_modules", List.of("lm_head", "fc1", "mlp.c_fc"), "r", 3);
        List<String> found = ((List<?>) settings.get("target_modules"))
                .stream()
                        .map(String.class::cast)
                        .filter(end -> base.shape().sites().stream()
                                .anyMatch(site -> site.path().endsWith(end)))
                        .toList();
        Adapter adapter = Adapter.create(base, METHODS, "lora", Map.of("target_modules", found, "r", 3), List.of(), 1);
        for (AdapterParameter parameter : adapter.tensors().trained()) {
            CounterRandom random = new CounterRandom(3).with(parameter.name());
            float[] values = parameter.tensor().toArray();
            for (int i = 0; i < values.length; i++) {
                values[i] += (float) (0.15 * random.gaussian(i));
            }
            Tiles.write(values, parameter.tensor());
        }
        return adapter;
    }

    private static float[][] next(BaseModel base, Adapter adapter, Workers workers) {
        return new LanguageModel(base, workers).next(rows(base), Arrays.asList(adapter, adapter));
    }

    private static List<dev.graft.transformer.model.overlay.TokenRow> rows(BaseModel base) {
        return PROMPTS.stream()
                .map(prompt -> base.config().encoderDecoder()
                        ? new dev.graft.transformer.model.overlay.TokenRow(
                                prompt,
                                new int[prompt.length],
                                new int[] {base.config().startToken(), 7},
                                null)
                        : new dev.graft.transformer.model.overlay.TokenRow(prompt, new int[prompt.length]))
                .toList();
    }

    private static void assertClose(float[][] expected, float[][] actual) {
        for (int i = 0; i < expected.length; i++) {
            assertArrayEquals(expected[i], actual[i], 1e-4f, "row " + i);
        }
    }

    @ParameterizedTest
    @CsvSource({"gpt2, transformer.wte.weight", "bart, model.shared.weight"})
    void theMergedModelIsUntiedAndTheTableStays(String family, String table) throws IOException {
        Path merged = folder.resolve("merged");
        try (BaseModel base = BaseModel.open(base(family));
                Workers workers = new Workers(MathMode.FP32, 1);
                Adapter adapter = lively(base)) {
            String before = base.computeFingerprint();
            float[][] expected = next(base, adapter, workers);
            assertTrue(distance(expected, next(base, null, workers)) > 0.01, "the adapter changes nothing");
            MergedModel.write(base, adapter, merged);
            try (BaseModel again = BaseModel.open(merged);
                    BaseModel inMemory = base.merge(adapter)) {
                assertEquals(false, again.config().json().get("tie_word_embeddings"));
                assertClose(expected, next(again, null, workers));
                assertClose(expected, next(inMemory, null, workers));
                assertTrue(again.shape().parameters() > base.shape().parameters());
            }
            try (SafetensorsFile file = SafetensorsFile.open(merged.resolve("model.safetensors"));
                    SafetensorsFile old = SafetensorsFile.open(base(family).resolve("model.safetensors"))) {
                String stored = old.names().contains(table) ? table : table.substring(table.indexOf('.') + 1);
                assertArrayEquals(old.floats(stored), file.floats(table));
                assertTrue(file.names().contains("lm_head.weight"));
            }
            assertEquals(before, base.computeFingerprint());
            try (Adapter converted = LowRankConversion.convert(
                            base, List.of(new WeightedAdapter(adapter, 1)), METHODS, "lora", 3)
                    .adapter()) {
                assertClose(expected, next(base, converted, workers));
            }
        }
    }

    @Test
    void stacksWithTablesOfTheirOwnAreRefused() throws IOException {
        Path merged = folder.resolve("merged");
        try (BaseModel base = BaseModel.open(base("bart"));
                Adapter adapter = lively(base)) {
            MergedModel.write(base, adapter, merged);
        }
        Path file = merged.resolve("model.safetensors");
        SafetensorsWriter writer = new SafetensorsWriter();
        try (SafetensorsFile all = SafetensorsFile.open(file)) {
            for (String name : all.names()) {
                float[] values = all.floats(name);
                values[7] += name.contains("decoder.embed_tokens") ? 1 : 0;
                writer.add(name, all.entry(name).shape(), values);
            }
        }
        writer.write(file);
        Exception refused =
                assertThrows(Exception.class, () -> BaseModel.open(merged).close());
        assertTrue(
                refused instanceof FileFormatException || refused instanceof IllegalArgumentException,
                refused.toString());
        assertTrue(refused.getMessage().contains("decoder.embed_tokens.weight differ"), refused.getMessage());
    }

    private static double distance(float[][] a, float[][] b) {
        double most = 0;
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < a[i].length; j++) {
                most = Math.max(most, Math.abs(a[i][j] - b[i][j]));
            }
        }
        return most;
    }
}
