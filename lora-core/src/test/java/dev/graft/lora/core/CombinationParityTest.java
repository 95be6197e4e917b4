package dev.graft.lora.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.graft.autograd.kernel.MathMode;
import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.spi.file.SafetensorsFile;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.AdapterCombination;
import dev.graft.transformer.model.AdapterFolder;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Classifier;
import dev.graft.transformer.model.Combination;
import dev.graft.transformer.model.WeightedAdapter;
import dev.graft.transformer.model.Workers;
import dev.graft.transformer.model.overlay.AdapterParameter;
import dev.graft.transformer.model.overlay.TokenRow;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Combinations are those of peft's add_weighted_adapter: the tensors, and the logits. */
class CombinationParityTest {
    private static final Path FOLDER = Path.of("src", "test", "resources", "combination");

    private static final Path BASE =
            Path.of("..", "transformer-model", "src", "test", "resources", "parity", "bert", "gelu");

    private static final ObjectMapper JSON = new ObjectMapper();

    static List<String> cases() throws IOException {
        List<String> names = new ArrayList<>();
        json(FOLDER.resolve("expected.json")).get("cases").fieldNames().forEachRemaining(names::add);
        return names;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void tensorsAndLogitsAreThoseOfPeft(String name) throws Exception {
        JsonNode expected = json(FOLDER.resolve("expected.json"));
        JsonNode given = expected.get("cases").get(name);
        Path folder = BASE;
        PeftMethods methods = new PeftMethods(List.of(new LoraMethod()));
        List<WeightedAdapter> parts = new ArrayList<>();
        try (BaseModel base = BaseModel.open(folder.resolve("base"));
                Workers workers = new Workers(MathMode.FP32, 1)) {
            for (int i = 0; i < given.get("adapters").size(); i++) {
                Path stored = FOLDER.resolve(given.get("adapters").get(i).asText());
                parts.add(new WeightedAdapter(
                        AdapterFolder.load(base, methods, stored).adapter(),
                        given.get("weights").get(i).asDouble()));
            }
            Combination how = combination(given, expected.get("seed").asLong());
            try (Adapter combined = AdapterCombination.combine(base, methods, parts, how)) {
                // of a decomposition only the product is determined; to what stands side by side PEFT adds zeros
                boolean products = how.kind().choosesRank() || how.kind() == Combination.Kind.CAT;
                compare(FOLDER.resolve(name), combined, products);
                float[][] logits =
                        new Classifier(base, workers).logits(rows(json(folder.resolve("expected.json"))), combined);
                for (int i = 0; i < logits.length; i++) {
                    assertArrayEquals(numbers(given.get("logits").get(i)), logits[i], 1e-4f, "logits of row " + i);
                }
            }
        } finally {
            parts.forEach(part -> part.adapter().close());
        }
    }

    private static JsonNode json(Path file) throws IOException {
        return JSON.readTree(file.toFile());
    }

    private static List<TokenRow> rows(JsonNode expected) {
        List<TokenRow> rows = new ArrayList<>();
        for (JsonNode row : expected.get("tokens")) {
            rows.add(new TokenRow(
                    JSON.convertValue(row.get("input_ids"), int[].class),
                    JSON.convertValue(row.get("token_type_ids"), int[].class)));
        }
        return rows;
    }

    private static float[] numbers(JsonNode row) {
        return JSON.convertValue(row, float[].class);
    }

    private static Combination combination(JsonNode given, long seed) {
        Combination.Kind kind =
                Combination.Kind.of(given.get("combination_type").asText());
        JsonNode majority = given.get("majority_sign_method");
        return new Combination(
                kind,
                given.has("density") ? given.get("density").asDouble() : null,
                majority == null
                        ? null
                        : Combination.Majority.valueOf(majority.asText().toUpperCase(Locale.ROOT)),
                given.has("svd_rank") ? given.get("svd_rank").asInt() : null,
                seed);
    }

    private static void compare(Path folder, Adapter combined, boolean productsAlone) throws IOException {
        Map<String, AdapterParameter> actual = new LinkedHashMap<>();
        combined.tensors().stored().forEach(parameter -> actual.put(parameter.name(), parameter));
        try (SafetensorsFile file = SafetensorsFile.open(folder.resolve("adapter_model.safetensors"))) {
            assertEquals(new java.util.TreeSet<>(file.names()), new java.util.TreeSet<>(actual.keySet()));
            for (String name : file.names()) {
                if (!productsAlone) {
                    assertArrayEquals(file.entry(name).shape(), actual.get(name).shape(), name);
                    assertClose(file.floats(name), actual.get(name).tensor().toArray(), name);
                } else if (name.contains("lora_A")) {
                    String b = name.replace("lora_A", "lora_B");
                    int rank = (int) file.entry(name).shape()[0];
                    assertClose(
                            product(file.floats(name), file.floats(b), rank),
                            product(
                                    actual.get(name).tensor().toArray(),
                                    actual.get(b).tensor().toArray(),
                                    (int) actual.get(name).shape()[0]),
                            name);
                }
            }
        }
    }

    /** B A, [out, in]. */
    private static float[] product(float[] a, float[] b, int rank) {
        int in = a.length / rank;
        int out = b.length / rank;
        float[] product = new float[out * in];
        for (int i = 0; i < out; i++) {
            for (int j = 0; j < in; j++) {
                double sum = 0;
                for (int k = 0; k < rank; k++) {
                    sum += (double) b[i * rank + k] * a[k * in + j];
                }
                product[i * in + j] = (float) sum;
            }
        }
        return product;
    }

    private static void assertClose(float[] expected, float[] actual, String what) {
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], actual[i], 1e-5, what + "[" + i + "]");
        }
    }
}
