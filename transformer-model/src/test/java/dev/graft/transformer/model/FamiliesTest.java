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
                "gpt2/lm # \"eos_token_id\":\"a\" # ids of tokens, from 0 to 299",
                "gpt2/lm # \"pad_token_id\":true # a token's id, from 0 to 299",
                "gpt2/lm # \"quantization_config\":{\"bits\":4} # 'quantization_config'",
                "bart/lm # \"decoder_attention_heads\":5 # a divisor of d_model, 32",
                "bart/lm # \"decoder_layerdrop\":0.1 # 'decoder_layerdrop' is 0.1; allowed: 0.0",
                "bart/lm # \"normalize_before\":true # 'normalize_before' is true; allowed: false",
                "bart/lm # \"encoder_layers\":0 # a whole number from 1",
                "llama/lm # \"num_key_value_heads\":3 # 'num_key_value_heads' is 3; allowed: a divisor of num_attention_heads, 4",
                "llama/lm # \"head_dim\":7 # 'head_dim' is 7; allowed: an even number",
                "llama/lm # \"hidden_act\":\"mish\" # allowed: one of gelu",
                "llama/lm # \"attention_bias\":1 # 'attention_bias' is 1; allowed: true or false",
                "llama/lm # \"rope_parameters\":{} # 'rope_parameters' is {}; allowed: absent",
                "llama/lm # \"partial_rotary_factor\":0.5 # 'partial_rotary_factor' is 0.5; allowed: 1.0",
                "llama/lm # \"rope_scaling\":7 # 'rope_scaling' is 7; allowed: a map",
                "llama/lm # \"rope_scaling\":{} # 'rope_scaling.rope_type' is missing",
                "llama/lm # \"rope_scaling\":{\"type\":\"su\"} # 'rope_scaling.type' is su; allowed: one of default, linear, dynamic, llama3, yarn, longrope",
                "llama/lm # \"rope_scaling\":{\"type\":\"longrope\",\"factor\":2} # 'rope_scaling.long_factor' is missing",
                "llama/lm # \"rope_scaling\":{\"type\":\"longrope\",\"factor\":2,\"long_factor\":[1,2]} # 'rope_scaling.long_factor' is [1, 2]; allowed: a list of",
                "llama/lm # \"rope_scaling\":{\"type\":\"linear\"} # 'rope_scaling.factor' is missing",
                "llama/lm # \"rope_scaling\":{\"type\":\"yarn\",\"factor\":0.5} # 'rope_scaling.factor' is 0.5; allowed: a number from 1",
                "llama/llama3 # \"rope_scaling\":{\"type\":\"llama3\",\"factor\":2,\"low_freq_factor\":4,\"high_freq_factor\":4,\"original_max_position_embeddings\":8} # 'rope_scaling.high_freq_factor' is 4.0; allowed: more than low_freq_factor",
                "llama/lm # \"quantization_config\":{\"bits\":4} # 'quantization_config'",
                "mistral/lm # \"sliding_window\":0 # 'sliding_window' is 0; allowed: a whole number from 1",
                "qwen2/lm # \"layer_types\":[\"full_attention\"] # a list of as many as num_hidden_layers, 2",
                "qwen2/lm # \"layer_types\":[\"full_attention\",\"linear_attention\"] # a list of full_attention, sliding_attention",
                "qwen3/lm # \"use_sliding_window\":false # full_attention only, as there is no sliding window",
                "gemma2/lm # \"final_logit_softcapping\":-1 # 'final_logit_softcapping' is -1",
                "gemma2/lm # \"query_pre_attn_scalar\":0 # 'query_pre_attn_scalar' is 0",
                "gemma2/lm # \"layer_types\":\"full_attention\" # 'layer_types' is full_attention; allowed: a list",
                "t5/lm # \"feed_forward_proj\":\"gated-mish\" # 'feed_forward_proj' is gated-mish; allowed: one of gelu",
                "t5/lm # \"dense_act_fn\":\"mish\" # 'dense_act_fn' is mish; allowed: one of gelu",
                "t5/lm # \"relative_attention_max_distance\":16 # 'relative_attention_max_distance' is 16; allowed: a whole number from 17",
                "t5/lm # \"decoder_start_token_id\":null # 'decoder_start_token_id' is missing",
                "t5/lm # \"is_encoder_decoder\":false # 'is_encoder_decoder' is false; allowed: true",
                "bart/lm # \"model_type\":\"mbart\" # 'model_type' is mbart; allowed: one of "
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
            List.of(Slot.EMBEDDING, Slot.WORDS, Slot.HEAD).forEach(slot -> expected.put(slot, 1));
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
    void everyPlaceOfQwen3IsASite() throws IOException {
        try (BaseModel base = BaseModel.open(GenerationFixture.PARITY.resolve("qwen3/lm/base"))) {
            Map<Slot, Integer> expected = new TreeMap<>();
            for (Slot slot : List.of(Slot.QUERY, Slot.KEY, Slot.VALUE, Slot.ATTENTION_OUT, Slot.CACHE)) {
                expected.put(slot, 2);
            }
            for (Slot slot : List.of(Slot.MLP_GATE, Slot.MLP_UP, Slot.MLP_DOWN, Slot.LAYER)) {
                expected.put(slot, 2);
            }
            List.of(Slot.ATTENTION_BLOCK, Slot.MLP_BLOCK).forEach(slot -> expected.put(slot, 2));
            List.of(Slot.EMBEDDING, Slot.WORDS, Slot.HEAD).forEach(slot -> expected.put(slot, 1));
            expected.put(Slot.NORM, 9);
            assertEquals(Map.of(Side.DECODER, expected), sites(base));
            Site norm = find(base, "model.layers.1.self_attn.k_norm");
            assertEquals(12, norm.outputSize());
            assertTrue(norm.bias().isEmpty());
            Site key = find(base, "model.layers.1.self_attn.k_proj");
            assertEquals(24, key.outputSize());
            assertTrue(key.bias().isEmpty());
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
