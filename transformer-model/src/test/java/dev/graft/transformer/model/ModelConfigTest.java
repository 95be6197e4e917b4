package dev.graft.transformer.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.peft.spi.file.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelConfigTest {
    private static final Path PARITY = Path.of("src/test/resources/parity/bert");

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"gelu", "relu", "gelu-new-shards", "bare", "bf16"})
    void filesOfTransformersAreRead(String name) throws IOException {
        ModelConfig config = ModelConfig.read(PARITY.resolve(name).resolve("base"));
        assertEquals("bert", config.modelType());
        assertEquals(99, config.vocabularySize());
        assertEquals(List.of("lake", "river", "sea"), config.labels());
        assertEquals(config.hiddenSize(), config.headSize() * config.attentionHeads());
        assertEquals("4.57.6", config.json().get("transformers_version"));
    }

    @Test
    void whatIsLeftOutHasHuggingFacesDefaults() throws IOException {
        ModelConfig config = with(Map.of());
        assertEquals(0.1, config.hiddenDropout());
        assertEquals(0.1, config.classifierDropout());
        assertEquals(1e-12, config.normEps());
        assertEquals("gelu", config.activation());
        assertEquals(List.of(), config.labels());
        assertEquals(0.3, with(Map.of("hidden_dropout_prob", 0.3)).classifierDropout());
        assertEquals(
                0,
                with(Map.of("hidden_dropout_prob", 0.3, "classifier_dropout", 0))
                        .classifierDropout());
        assertEquals(
                List.of("LABEL_0", "LABEL_1"), with(Map.of("num_labels", 2)).labels());
        for (String classifier : List.of("BertForSequenceClassification", "BertForTokenClassification")) {
            assertEquals(
                    List.of("LABEL_0", "LABEL_1"),
                    with(Map.of("architectures", List.of(classifier))).labels());
        }
        assertEquals(
                List.of(), with(Map.of("architectures", List.of("BertModel"))).labels());
        assertEquals(
                List.of("no", "yes"),
                with(Map.of("id2label", Map.of("1", "yes", "0", "no"), "num_labels", 2))
                        .labels());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '`',
            value = {
                "\"model_type\":\"mamba\" # 'model_type' is mamba; allowed: one of ",
                "\"model_type\":null # 'model_type' is missing",
                "\"model_type\":7 # 'model_type' is 7",
                "\"hidden_size\":null # 'hidden_size' is missing",
                "\"hidden_size\":-4 # allowed: a whole number from 1",
                "\"hidden_size\":4.5 # allowed: a whole number from 1",
                "\"hidden_size\":\"4\" # allowed: a whole number from 1",
                "\"hidden_size\":99999999999 # allowed: a whole number from 1",
                "\"num_attention_heads\":3 # a divisor of hidden_size, 4",
                "\"hidden_act\":\"mish\" # allowed: one of gelu, gelu_new",
                "\"hidden_dropout_prob\":1.5 # a number from 0",
                "\"layer_norm_eps\":\"tiny\" # a number from 0",
                "\"position_embedding_type\":\"relative_key\" # allowed: absolute",
                "\"is_decoder\":true # allowed: false",
                "\"add_cross_attention\":true # allowed: false",
                "\"chunk_size_feed_forward\":64 # allowed: 0",
                "\"pruned_heads\":{\"1\":[2]} # 'pruned_heads'",
                "\"quantization_config\":{\"bits\":4} # 'quantization_config'",
                "\"problem_type\":\"regression\" # 'problem_type'",
                "\"num_labels\":-1 # 'num_labels'",
                "\"num_labels\":2000000000 # 'num_labels'",
                "\"id2label\":[\"a\"] # 'id2label'",
                "\"id2label\":{\"0\":\"a\",\"2\":\"b\"} # ids 0 to 1",
                "\"id2label\":{\"0\":7} # ids 0 to 0",
                "\"id2label\":{\"0\":\"a\"},\"num_labels\":2 # 'num_labels' is 2; allowed: 1"
            })
    void whatIsWrongOrNotSupportedIsNamed(String changes, String reason) {
        var error = assertThrows(
                FileFormatException.class, () -> with(Json.parse(Path.of("changes"), "{" + changes + "}")));
        assertTrue(error.getMessage().contains(reason), error.getMessage());
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        var error = assertThrows(IOException.class, () -> ModelConfig.read(folder));
        assertTrue(error.getMessage().contains("config.json"), error.getMessage());
    }

    private ModelConfig with(Map<String, ?> changes) throws IOException {
        Map<String, Object> json = new LinkedHashMap<>(Json.parse(
                Path.of("config"),
                "{\"model_type\":\"bert\",\"vocab_size\":5,\"hidden_size\":4,\"num_hidden_layers\":1,"
                        + "\"num_attention_heads\":2,\"intermediate_size\":8}"));
        json.putAll(changes);
        Files.writeString(folder.resolve("config.json"), Json.pretty(json));
        return ModelConfig.read(folder);
    }
}
