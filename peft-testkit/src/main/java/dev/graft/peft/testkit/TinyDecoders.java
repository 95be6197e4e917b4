package dev.graft.peft.testkit;

import dev.graft.peft.testkit.TinyBase.Weights;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The decoders of {@link TinyFamilies} that came from LLaMA: two layers, four heads that share two of keys and values. */
final class TinyDecoders {
    private static final int HIDDEN = TinyBase.HIDDEN;
    private static final int WORDS = TinyTokenizer.VOCABULARY.size();
    private static final int LAYERS = 2;
    private static final int HEADS = 4;
    private static final int SHARED = 2;

    private final Weights weights;
    private final boolean qwen;
    private final boolean gemma;
    private final int headSize;

    private TinyDecoders(String family, Weights weights) {
        this.weights = weights;
        this.qwen = family.equals("qwen3");
        this.gemma = family.equals("gemma2");
        this.headSize = qwen ? 10 : HIDDEN / HEADS;
    }

    /** Adds the weights of a family; returns its config.json but for the special tokens. */
    static Map<String, Object> config(String family, Weights weights) {
        TinyDecoders decoder = new TinyDecoders(family, weights);
        decoder.weights();
        return decoder.config();
    }

    private Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("hidden_size", HIDDEN);
        config.put("intermediate_size", TinyBase.INNER);
        config.put("num_hidden_layers", LAYERS);
        config.put("num_attention_heads", HEADS);
        config.put("num_key_value_heads", SHARED);
        config.put("head_dim", headSize);
        config.put("max_position_embeddings", TinyBase.POSITIONS);
        config.put("attention_dropout", 0.1);
        config.put("attention_bias", !gemma);
        config.put("tie_word_embeddings", !qwen);
        if (qwen || gemma) {
            config.put("use_sliding_window", true);
            config.put("sliding_window", 5);
            config.put("layer_types", List.of("full_attention", "sliding_attention"));
        }
        if (gemma) {
            config.put("query_pre_attn_scalar", 9);
            config.put("attn_logit_softcapping", 2.5);
            config.put("final_logit_softcapping", 3.0);
        }
        return config;
    }

    private void weights() {
        weights.normal("model.embed_tokens.weight", 0, gemma ? 0.2 : 1, WORDS, HIDDEN);
        for (int layer = 0; layer < LAYERS; layer++) {
            String at = "model.layers." + layer + ".";
            linear(at + "self_attn.q_proj", HEADS * headSize, HIDDEN, !gemma);
            linear(at + "self_attn.k_proj", SHARED * headSize, HIDDEN, !gemma);
            linear(at + "self_attn.v_proj", SHARED * headSize, HIDDEN, !gemma);
            linear(at + "self_attn.o_proj", HIDDEN, HEADS * headSize, !gemma);
            linear(at + "mlp.gate_proj", TinyBase.INNER, HIDDEN, false);
            linear(at + "mlp.up_proj", TinyBase.INNER, HIDDEN, false);
            linear(at + "mlp.down_proj", HIDDEN, TinyBase.INNER, false);
            norm(at + "input_layernorm", HIDDEN);
            norm(at + "post_attention_layernorm", HIDDEN);
            if (gemma) {
                norm(at + "pre_feedforward_layernorm", HIDDEN);
                norm(at + "post_feedforward_layernorm", HIDDEN);
            }
            if (qwen) {
                norm(at + "self_attn.q_norm", headSize);
                norm(at + "self_attn.k_norm", headSize);
            }
        }
        norm("model.norm", HIDDEN);
        if (qwen) {
            weights.normal("lm_head.weight", 0, 1 / Math.sqrt(HIDDEN), WORDS, HIDDEN);
        }
        weights.normal("score.weight", 0, 1 / Math.sqrt(HIDDEN), TinyBase.LABELS.size(), HIDDEN);
    }

    private void norm(String path, int width) {
        weights.normal(path + ".weight", gemma ? 0 : 1, 0.2, width);
    }

    private void linear(String path, int out, int in, boolean biased) {
        weights.normal(path + ".weight", 0, 1 / Math.sqrt(in), out, in);
        if (biased) {
            weights.normal(path + ".bias", 0, 0.2, out);
        }
    }
}
