package dev.graft.peft.testkit;

import dev.graft.peft.testkit.TinyBase.Weights;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Encoders with the names of BERT's relatives, and encoders whose sites run more than once: an ALBERT, whose layers are one module behind narrow embeddings, and a DeBERTa,
 * which sends its table of distances through the projections of the text.
 */
final class TinyEncoders {
    private static final int HIDDEN = TinyBase.HIDDEN;
    private static final int NARROW = 16;
    private static final int BUCKETS = 8;

    private TinyEncoders() {}

    /** The keys that both have. */
    private static Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("hidden_size", HIDDEN);
        config.put("num_hidden_layers", 2);
        config.put("num_attention_heads", 3);
        config.put("intermediate_size", TinyBase.INNER);
        config.put("max_position_embeddings", TinyBase.POSITIONS);
        config.put("type_vocab_size", 2);
        config.put("hidden_dropout_prob", 0.1);
        config.put("attention_probs_dropout_prob", 0.1);
        return config;
    }

    static Map<String, Object> albert(Weights weights) {
        Map<String, Object> config = config();
        config.put("embedding_size", NARROW);
        embeddings(weights, "albert.", NARROW);
        weights.linear("albert.encoder.embedding_hidden_mapping_in", HIDDEN, NARROW);
        String at = "albert.encoder.albert_layer_groups.0.albert_layers.0.";
        for (String part : List.of("query", "key", "value", "dense")) {
            weights.linear(at + "attention." + part, HIDDEN, HIDDEN);
        }
        weights.norm(at + "attention.LayerNorm");
        weights.linear(at + "ffn", TinyBase.INNER, HIDDEN);
        weights.linear(at + "ffn_output", HIDDEN, TinyBase.INNER);
        weights.norm(at + "full_layer_layer_norm");
        weights.linear("albert.pooler", HIDDEN, HIDDEN);
        weights.linear("classifier", TinyBase.LABELS.size(), HIDDEN);
        return config;
    }

    static Map<String, Object> deberta(Weights weights) {
        Map<String, Object> config = config();
        config.put("relative_attention", true);
        config.put("share_att_key", true);
        config.put("pos_att_type", List.of("p2c", "c2p"));
        config.put("position_buckets", BUCKETS);
        config.put("norm_rel_ebd", "layer_norm");
        embeddings(weights, "deberta.", HIDDEN);
        weights.normal("deberta.encoder.rel_embeddings.weight", 0, 0.5, 2 * BUCKETS, HIDDEN);
        weights.norm("deberta.encoder.LayerNorm");
        for (int layer = 0; layer < 2; layer++) {
            String at = "deberta.encoder.layer." + layer + ".";
            for (String part : List.of("self.query_proj", "self.key_proj", "self.value_proj", "output.dense")) {
                weights.linear(at + "attention." + part, HIDDEN, HIDDEN);
            }
            weights.norm(at + "attention.output.LayerNorm");
            weights.linear(at + "intermediate.dense", TinyBase.INNER, HIDDEN);
            weights.linear(at + "output.dense", HIDDEN, TinyBase.INNER);
            weights.norm(at + "output.LayerNorm");
        }
        weights.linear("pooler.dense", HIDDEN, HIDDEN);
        weights.linear("classifier", TinyBase.LABELS.size(), HIDDEN);
        return config;
    }

    /** Positions start behind the padding token, which is 0. */
    static Map<String, Object> roberta(Weights weights) {
        Map<String, Object> config = config();
        config.put("max_position_embeddings", TinyBase.POSITIONS + 1);
        embeddings(weights, "roberta.", HIDDEN);
        weights.normal("roberta.embeddings.position_embeddings.weight", 0, 0.5, TinyBase.POSITIONS + 1, HIDDEN);
        for (int layer = 0; layer < 2; layer++) {
            String at = "roberta.encoder.layer." + layer + ".";
            for (String part : List.of("self.query", "self.key", "self.value", "output.dense")) {
                weights.linear(at + "attention." + part, HIDDEN, HIDDEN);
            }
            weights.norm(at + "attention.output.LayerNorm");
            weights.linear(at + "intermediate.dense", TinyBase.INNER, HIDDEN);
            weights.linear(at + "output.dense", HIDDEN, TinyBase.INNER);
            weights.norm(at + "output.LayerNorm");
        }
        weights.linear("classifier.dense", HIDDEN, HIDDEN);
        weights.linear("classifier.out_proj", TinyBase.LABELS.size(), HIDDEN);
        return config;
    }

    static Map<String, Object> distilbert(Weights weights) {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("dim", HIDDEN);
        config.put("n_layers", 2);
        config.put("n_heads", 3);
        config.put("hidden_dim", TinyBase.INNER);
        config.put("max_position_embeddings", TinyBase.POSITIONS);
        String words = "distilbert.embeddings.";
        weights.normal(words + "word_embeddings.weight", 0, 1, TinyTokenizer.VOCABULARY.size(), HIDDEN);
        weights.normal(words + "position_embeddings.weight", 0, 0.5, TinyBase.POSITIONS, HIDDEN);
        weights.norm(words + "LayerNorm");
        for (int layer = 0; layer < 2; layer++) {
            String at = "distilbert.transformer.layer." + layer + ".";
            for (String part : List.of("q_lin", "k_lin", "v_lin", "out_lin")) {
                weights.linear(at + "attention." + part, HIDDEN, HIDDEN);
            }
            weights.norm(at + "sa_layer_norm");
            weights.linear(at + "ffn.lin1", TinyBase.INNER, HIDDEN);
            weights.linear(at + "ffn.lin2", HIDDEN, TinyBase.INNER);
            weights.norm(at + "output_layer_norm");
        }
        weights.linear("pre_classifier", HIDDEN, HIDDEN);
        weights.linear("classifier", TinyBase.LABELS.size(), HIDDEN);
        return config;
    }

    private static void embeddings(Weights weights, String root, int width) {
        String at = root + "embeddings.";
        weights.normal(at + "word_embeddings.weight", 0, 1, TinyTokenizer.VOCABULARY.size(), width);
        weights.normal(at + "position_embeddings.weight", 0, 0.5, TinyBase.POSITIONS, width);
        weights.normal(at + "token_type_embeddings.weight", 0, 0.5, 2, width);
        weights.norm(at + "LayerNorm", width);
    }
}
