package dev.graft.transformer.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.peft.spi.Side;
import dev.graft.peft.spi.Site;
import dev.graft.peft.spi.Slot;
import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.peft.spi.file.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** GPT-2's and BART's options are read or refused, and every place of theirs is a site. */
class FamiliesTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '`',
            value = {
                "gpt2/lm # \"n_head\":5 # 'n_head' is 5; allowed: a divisor of n_embd, 32",
                "gpt2/lm # \"add_cross_attention\":true # 'add_cross_attention' is true; allowed: false",
                "gpt2/lm # \"activation_function\":\"mish\" # allowed: one of gelu",
                "gpt2/lm # \"scale_attn_weights\":1 # 'scale_attn_weights' is 1; allowed: true or false",
                "gpt2/lm # \"eos_token_id\":300 # ids of tokens, from 0 to 299",
                "gpt2/lm # \"pad_token_id\":-1 # a token's id, from 0 to 299",
                "gpt2/lm # \"quantization_config\":{\"bits\":4} # 'quantization_config'",
                "bart/lm # \"decoder_attention_heads\":5 # a divisor of d_model, 32",
                "bart/lm # \"decoder_layerdrop\":0.1 # 'decoder_layerdrop' is 0.1; allowed: 0.0",
                "bart/lm # \"normalize_before\":true # 'normalize_before' is true; allowed: false",
                "bart/lm # \"encoder_layers\":0 # a whole number from 1",
                "bart/lm # \"model_type\":\"mbart\" # 'model_type' is mbart; allowed: one of albert, bart, bert, deberta-v2, distilbert"
            })
    void whatIsWrongOrNotSupportedIsNamed(String model, String change, String reason) throws IOException {
        Map<String, Object> json = new LinkedHashMap<>(
                Json.read(GenerationFixture.PARITY.resolve(model).resolve("base/config.json")));
        json.putAll(Json.parse(Path.of("change"), "{" + change + "}"));
        Files.writeString(folder.resolve("config.json"), Json.pretty(json));
        var error = assertThrows(FileFormatException.class, () -> ModelConfig.read(folder));
        assertTrue(error.getMessage().contains(reason), error.getMessage());
    }

    private static Map<Side, Map<Slot, Integer>> sites(BaseModel base) {
        Map<Side, Map<Slot, Integer>> count = new TreeMap<>();
        base.shape()
                .sites()
                .forEach(site -> count.computeIfAbsent(site.side(), side -> new TreeMap<>())
                        .merge(site.slot(), 1, Integer::sum));
        return count;
    }

    @Test
    void everyPlaceOfGpt2IsASite() throws IOException {
        try (BaseModel base = BaseModel.open(GenerationFixture.PARITY.resolve("gpt2/lm/base"))) {
            Map<Slot, Integer> expected = new TreeMap<>();
            Arrays.stream(Slot.values()).forEach(slot -> expected.put(slot, 3));
            List.of(Slot.EMBEDDING, Slot.HEAD).forEach(slot -> expected.put(slot, 1));
            List.of(Slot.MLP_GATE, Slot.POOLER, Slot.EMBEDDING_PROJECTION, Slot.POSITION_QUERY, Slot.POSITION_KEY)
                    .forEach(expected::remove);
            expected.put(Slot.NORM, 7);
            assertEquals(Map.of(Side.DECODER, expected), sites(base));
            Site whole = find(base, "transformer.h.1.attn.c_attn");
            Site value = find(base, "transformer.h.1.attn.c_attn.value");
            assertEquals(whole, value.partOf().orElseThrow());
            assertTrue(value.bias().isEmpty()
                    && whole.bias().isPresent()
                    && whole.partOf().isEmpty());
            assertArrayEquals(new long[] {96, 32}, whole.weight().orElseThrow().shape());
            float[] rows = whole.weight().orElseThrow().copy();
            assertArrayEquals(
                    Arrays.copyOfRange(rows, 64 * 32, 96 * 32),
                    value.weight().orElseThrow().copy());
        }
    }

    @Test
    void everyPlaceOfBartIsASiteOnItsSide() throws IOException {
        try (BaseModel base = BaseModel.open(GenerationFixture.PARITY.resolve("bart/lm/base"))) {
            Map<Side, Map<Slot, Integer>> sites = sites(base);
            for (Slot slot :
                    List.of(Slot.QUERY, Slot.KEY, Slot.VALUE, Slot.CACHE, Slot.ATTENTION_OUT, Slot.ATTENTION_BLOCK)) {
                assertEquals(2, sites.get(Side.ENCODER).get(slot), slot.name());
                assertEquals(3, sites.get(Side.DECODER).get(slot), slot.name());
                assertEquals(3, sites.get(Side.CROSS).get(slot), slot.name());
            }
            for (Slot slot : List.of(Slot.MLP_UP, Slot.MLP_DOWN, Slot.MLP_BLOCK, Slot.LAYER)) {
                assertEquals(2, sites.get(Side.ENCODER).get(slot), slot.name());
                assertEquals(3, sites.get(Side.DECODER).get(slot), slot.name());
            }
            assertEquals(5, sites.get(Side.ENCODER).get(Slot.NORM));
            assertEquals(7, sites.get(Side.DECODER).get(Slot.NORM));
            assertEquals(3, sites.get(Side.CROSS).get(Slot.NORM));
            assertEquals(1, sites.get(Side.ENCODER).get(Slot.EMBEDDING));
            assertEquals(1, sites.get(Side.DECODER).get(Slot.EMBEDDING));
            assertEquals(1, sites.get(Side.DECODER).get(Slot.HEAD));
            assertEquals(3, base.shape().layers());
        }
    }

    private static Site find(BaseModel base, String path) {
        return base.shape().sites().stream()
                .filter(site -> site.path().equals(path))
                .findFirst()
                .orElseThrow();
    }
}
