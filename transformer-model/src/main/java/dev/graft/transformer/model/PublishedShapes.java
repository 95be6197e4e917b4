package dev.graft.transformer.model;

import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.transformer.model.family.ConfigReader;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Sizes of models that are talked about, also of those that no machine here could hold, for counting. */
public final class PublishedShapes {
    private static final Map<String, Map<String, Object>> SHAPES = Collections.unmodifiableSortedMap(
            new TreeMap<>(Map.of("gpt3-175b", gpt3(), "roberta-base", roberta(), "deberta-v2-xxlarge", debertaXxl())));

    private PublishedShapes() {}

    /** GPT-3 175B (Brown et al. 2020, arXiv 2005.14165, table 2.1), which is built like GPT-2. */
    private static Map<String, Object> gpt3() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("model_type", "gpt2");
        json.put("n_embd", 12288);
        json.put("n_layer", 96);
        json.put("n_head", 96);
        json.put("n_positions", 2048);
        json.put("vocab_size", 50257);
        return json;
    }

    /** RoBERTa base (Liu et al. 2019, arXiv 1907.11692). */
    private static Map<String, Object> roberta() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("model_type", "roberta");
        json.put("vocab_size", 50265);
        json.put("hidden_size", 768);
        json.put("num_hidden_layers", 12);
        json.put("num_attention_heads", 12);
        json.put("intermediate_size", 3072);
        json.put("max_position_embeddings", 514);
        json.put("type_vocab_size", 1);
        json.put("pad_token_id", 1);
        return json;
    }

    /**
     * DeBERTa v2 XXL (He et al. 2021, arXiv 2006.03654), without the convolution beside its first layer, which Graft does
     * not read: 7,082,496 parameters of 1.5 billion.
     */
    private static Map<String, Object> debertaXxl() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("model_type", "deberta-v2");
        json.put("vocab_size", 128100);
        json.put("hidden_size", 1536);
        json.put("num_hidden_layers", 48);
        json.put("num_attention_heads", 24);
        json.put("intermediate_size", 6144);
        json.put("max_position_embeddings", 512);
        json.put("type_vocab_size", 0);
        json.put("relative_attention", true);
        json.put("position_buckets", 256);
        json.put("norm_rel_ebd", "layer_norm");
        json.put("share_att_key", true);
        json.put("pos_att_type", "p2c|c2p");
        json.put("position_biased_input", false);
        return json;
    }

    /** The names, those of {@link NamedShapes} among them, sorted. */
    public static List<String> names() {
        return Stream.concat(SHAPES.keySet().stream(), NamedShapes.names().stream())
                .sorted()
                .toList();
    }

    /**
     * The sizes of a name.
     *
     * @throws IllegalArgumentException if it is none of {@link #names()}
     */
    public static ModelConfig get(String name) {
        Map<String, Object> json = SHAPES.get(name);
        if (json == null) {
            return NamedShapes.get(name);
        }
        try {
            return ModelConfig.of(ConfigReader.read(Path.of(name), json));
        } catch (FileFormatException e) {
            throw new IllegalStateException(e);
        }
    }
}
