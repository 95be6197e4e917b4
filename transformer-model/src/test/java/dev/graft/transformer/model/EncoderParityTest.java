package dev.graft.transformer.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.autograd.kernel.MathMode;
import dev.graft.peft.spi.Site;
import dev.graft.peft.spi.Slot;
import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.peft.spi.file.Json;
import dev.graft.transformer.model.TextTokenizer.Encoded;
import dev.graft.transformer.model.overlay.TokenRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens and classes of RoBERTa, XLM-R, DistilBERT, ELECTRA, ALBERT and DeBERTa are those of transformers. */
class EncoderParityTest {
    @TempDir
    Path folder;

    private static Path parity(String name) {
        return GenerationFixture.PARITY.resolve(name);
    }

    /** Texts and pairs of different lengths, in one batch. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "roberta/classify",
                "roberta/padding",
                "xlm-roberta/classify",
                "distilbert/classify",
                "electra/classify",
                "electra/wide",
                "albert/classify",
                "albert/groups",
                "deberta-v2/shared",
                "deberta-v2/apart",
                "deberta-v2/c2p",
                "deberta-v2/p2c"
            })
    void tokensAndLogitsAreThoseOfTransformers(String name) throws Exception {
        JsonNode expected = Parity.json(parity(name).resolve("expected.json"));
        List<String> lines = Files.readAllLines(parity(name).resolve("data.jsonl"));
        try (BaseModel base = BaseModel.open(parity(name).resolve("base"));
                Workers workers = new Workers(MathMode.FP32, 2)) {
            List<TokenRow> rows = new ArrayList<>();
            for (int i = 0; i < lines.size(); i++) {
                Map<String, Object> row = Json.parse(Path.of("row"), lines.get(i));
                Encoded encoded = base.tokenizer().encode((String) row.get("text"), (String) row.get("text_pair"), 40);
                assertArrayEquals(Parity.ints(expected.get("input_ids").get(i)), encoded.ids(), "tokens of row " + i);
                rows.add(new TokenRow(encoded.ids(), encoded.typeIds()));
            }
            float[][] logits = new Classifier(base, workers).logits(rows, (Adapter) null);
            Parity.assertClose(expected.get("logits"), logits, Parity.TOLERANCE, "logit");
            assertEquals(List.of("lake", "river", "sea"), base.labels());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '`',
            value = {
                "roberta/classify # \"position_embedding_type\":\"relative_key\" # allowed: absolute",
                "roberta/classify # \"pad_token_id\":-1 # 'pad_token_id' is -1; allowed: a token's id",
                "roberta/classify # \"max_position_embeddings\":2 # a whole number from 3",
                "roberta/classify # \"is_decoder\":true # 'is_decoder' is true; allowed: false",
                "distilbert/classify # \"n_heads\":5 # a divisor of dim, 32",
                "distilbert/classify # \"activation\":\"mish\" # allowed: one of gelu",
                "electra/classify # \"embedding_size\":0 # a whole number from 1",
                "albert/classify # \"num_hidden_groups\":4 # at most num_hidden_layers, 3",
                "deberta-v2/shared # \"conv_kernel_size\":3 # 'conv_kernel_size' is 3; allowed: 0",
                "deberta-v2/shared # \"pos_att_type\":[\"p2p\"] # 'pos_att_type' is p2p; allowed: c2p, p2c, or both",
                "deberta-v2/shared # \"relative_attention\":false # 'relative_attention' is false; allowed: true",
                "deberta-v2/shared # \"position_buckets\":94 # 'position_buckets' is 94; allowed: -1, or from 4",
                "deberta-v2/shared # \"embedding_size\":16 # 'embedding_size' is 16; allowed: 32",
                "deberta-v2/shared # \"pooler_hidden_act\":\"mish\" # allowed: one of gelu"
            })
    void whatIsWrongOrNotSupportedIsNamed(String model, String change, String reason) throws IOException {
        Map<String, Object> json = new LinkedHashMap<>(Json.read(parity(model).resolve("base/config.json")));
        json.putAll(Json.parse(Path.of("change"), "{" + change + "}"));
        Files.writeString(folder.resolve("config.json"), Json.pretty(json));
        var error = assertThrows(FileFormatException.class, () -> ModelConfig.read(folder));
        assertTrue(error.getMessage().contains(reason), error.getMessage());
    }

    private static List<String> paths(String name, Slot slot) throws IOException {
        try (BaseModel base = BaseModel.open(parity(name).resolve("base"))) {
            return base.shape().sites().stream()
                    .filter(site -> site.slot() == slot)
                    .map(Site::path)
                    .toList();
        }
    }

    @Test
    void layersThatAreSharedAreOneSiteWithRowsInFrontOfEachRun() throws IOException {
        assertEquals(
                List.of("albert.encoder.albert_layer_groups.0.albert_layers.0.attention.query"),
                paths("albert/classify", Slot.QUERY));
        assertEquals(3, paths("albert/classify", Slot.CACHE).size());
        assertEquals(4, paths("albert/groups", Slot.MLP_UP).size());
        assertEquals(10, paths("albert/groups", Slot.CACHE).stream().distinct().count());
        assertEquals(
                List.of("albert.encoder.embedding_hidden_mapping_in"),
                paths("albert/groups", Slot.EMBEDDING_PROJECTION));
    }

    @Test
    void projectionsOfDistancesAreSitesWhereTheyAreModules() throws IOException {
        assertEquals(List.of(), paths("deberta-v2/shared", Slot.POSITION_KEY));
        assertEquals(3, paths("deberta-v2/apart", Slot.POSITION_KEY).size());
        assertEquals(3, paths("deberta-v2/apart", Slot.POSITION_QUERY).size());
        assertEquals(
                "deberta.encoder.layer.0.attention.self.pos_key_proj",
                paths("deberta-v2/c2p", Slot.POSITION_KEY).get(0));
        assertEquals(List.of(), paths("deberta-v2/c2p", Slot.POSITION_QUERY));
        assertEquals(List.of("pooler.dense"), paths("deberta-v2/c2p", Slot.POOLER));
        assertTrue(paths("deberta-v2/shared", Slot.NORM).contains("deberta.encoder.LayerNorm"));
    }
}
