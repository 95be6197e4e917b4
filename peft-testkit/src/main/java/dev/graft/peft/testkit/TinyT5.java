package dev.graft.peft.testkit;

import dev.graft.peft.testkit.TinyBase.Weights;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The T5 of {@link TinyFamilies}: two layers in the encoder and one in the decoder, gated, with its words as output
 * projection, as a whole model that classifies.
 */
final class TinyT5 {
    private static final int HIDDEN = TinyBase.HIDDEN;
    private static final int HEADS = 3;
    private static final int HEAD = 10;
    private static final int BUCKETS = 8;

    private TinyT5() {}

    /** Adds the weights; returns config.json but for the special tokens. */
    static Map<String, Object> config(Weights weights) {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("architectures", List.of("T5ForSequenceClassification"));
        config.put("d_model", HIDDEN);
        config.put("d_kv", HEAD);
        config.put("d_ff", TinyBase.INNER);
        config.put("num_layers", 2);
        config.put("num_decoder_layers", 1);
        config.put("num_heads", HEADS);
        config.put("relative_attention_num_buckets", BUCKETS);
        config.put("relative_attention_max_distance", 12);
        config.put("feed_forward_proj", "gated-gelu");
        config.put("classifier_dropout", 0.1);
        config.put("decoder_start_token_id", 0);
        weights.normal("transformer.shared.weight", 0, 1, TinyTokenizer.VOCABULARY.size(), HIDDEN);
        stack(weights, "transformer.encoder.", 2, false);
        stack(weights, "transformer.decoder.", 1, true);
        weights.linear("classification_head.dense", HIDDEN, HIDDEN);
        weights.linear("classification_head.out_proj", TinyBase.LABELS.size(), HIDDEN);
        return config;
    }

    private static void stack(Weights weights, String root, int layers, boolean crosses) {
        for (int layer = 0; layer < layers; layer++) {
            String at = root + "block." + layer + ".layer.";
            attention(weights, at + "0", "SelfAttention");
            if (layer == 0) {
                String table = at + "0.SelfAttention.relative_attention_bias.weight";
                weights.normal(table, 0, 1, BUCKETS, HEADS);
            }
            if (crosses) {
                attention(weights, at + "1", "EncDecAttention");
            }
            String last = at + (crosses ? 2 : 1);
            for (String part : List.of("wi_0", "wi_1")) {
                matrix(weights, last + ".DenseReluDense." + part, TinyBase.INNER, HIDDEN);
            }
            matrix(weights, last + ".DenseReluDense.wo", HIDDEN, TinyBase.INNER);
            norm(weights, last + ".layer_norm");
        }
        norm(weights, root + "final_layer_norm");
    }

    private static void attention(Weights weights, String at, String name) {
        // scores are not scaled: smaller queries keep them in bounds
        weights.normal(at + "." + name + ".q.weight", 0, 0.3 / Math.sqrt(HIDDEN), HEADS * HEAD, HIDDEN);
        matrix(weights, at + "." + name + ".k", HEADS * HEAD, HIDDEN);
        matrix(weights, at + "." + name + ".v", HEADS * HEAD, HIDDEN);
        matrix(weights, at + "." + name + ".o", HIDDEN, HEADS * HEAD);
        norm(weights, at + ".layer_norm");
    }

    private static void matrix(Weights weights, String path, int out, int in) {
        weights.normal(path + ".weight", 0, 1 / Math.sqrt(in), out, in);
    }

    private static void norm(Weights weights, String path) {
        weights.normal(path + ".weight", 1, 0.2, HIDDEN);
    }
}
