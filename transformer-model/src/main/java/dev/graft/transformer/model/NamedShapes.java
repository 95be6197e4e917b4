package dev.graft.transformer.model;

import dev.graft.transformer.model.family.ConfigReader;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Well-known models by name: their sizes without their weights, for benchmarks. */
public final class NamedShapes {
    private static final Map<String, Map<String, Object>> SHAPES =
            Collections.unmodifiableSortedMap(new TreeMap<>(Map.of(
                    "minilm", bert(384, 6, 12, 1536),
                    "bert-base", bert(768, 12, 12, 3072),
                    "bart-base", bart(768, 6, 12, 3072),
                    "gpt2", Map.of("model_type", "gpt2"),
                    "smollm2", smollm2())));

    private NamedShapes() {}

    private static Map<String, Object> bert(int hidden, int layers, int heads, int intermediate) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("model_type", "bert");
        json.put("vocab_size", 30522);
        json.put("hidden_size", hidden);
        json.put("num_hidden_layers", layers);
        json.put("num_attention_heads", heads);
        json.put("intermediate_size", intermediate);
        json.put("max_position_embeddings", 512);
        return json;
    }

    private static Map<String, Object> bart(int hidden, int layers, int heads, int intermediate) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("model_type", "bart");
        json.put("d_model", hidden);
        for (String side : List.of("encoder", "decoder")) {
            json.put(side + "_layers", layers);
            json.put(side + "_attention_heads", heads);
            json.put(side + "_ffn_dim", intermediate);
        }
        return json;
    }

    /** SmolLM2-135M (Allal et al. 2025, arXiv 2502.02737). */
    private static Map<String, Object> smollm2() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("model_type", "llama");
        json.put("vocab_size", 49152);
        json.put("hidden_size", 576);
        json.put("num_hidden_layers", 30);
        json.put("num_attention_heads", 9);
        json.put("num_key_value_heads", 3);
        json.put("intermediate_size", 1536);
        json.put("max_position_embeddings", 8192);
        json.put("rope_theta", 100000);
        json.put("rms_norm_eps", 1e-5);
        json.put("tie_word_embeddings", true);
        json.put("bos_token_id", 0);
        json.put("eos_token_id", 0);
        return json;
    }

    /** The names, sorted. */
    public static List<String> names() {
        return List.copyOf(SHAPES.keySet());
    }

    /**
     * The sizes of a name.
     *
     * @throws IllegalArgumentException if it is none of {@link #names()}
     */
    public static ModelConfig get(String name) {
        Map<String, Object> json = SHAPES.get(name);
        if (json == null) {
            throw new IllegalArgumentException("shape '" + name + "' is unknown; known: " + String.join(", ", names()));
        }
        try {
            return ModelConfig.of(ConfigReader.read(Path.of(name), json));
        } catch (dev.graft.peft.spi.file.FileFormatException e) {
            throw new IllegalStateException(e);
        }
    }
}
