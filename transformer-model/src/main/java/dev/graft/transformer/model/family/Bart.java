package dev.graft.transformer.model.family;

import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.transformer.model.architecture.AttentionNames;
import dev.graft.transformer.model.architecture.Blueprint;
import dev.graft.transformer.model.architecture.EmbeddingPlan;
import dev.graft.transformer.model.architecture.HeadPlan;
import dev.graft.transformer.model.architecture.LanguagePlan;
import dev.graft.transformer.model.architecture.MlpNames;
import dev.graft.transformer.model.architecture.Pooling;
import dev.graft.transformer.model.architecture.StackPlan;
import java.util.List;
import java.util.Map;

/**
 * {@code "model_type": "bart"} (Lewis et al. 2020): a post-norm encoder and decoder that share their words; defaults are
 * those of Hugging Face's BartConfig.
 */
final class Bart implements Family {
    /** Rows of the tables of positions that no position has: an accident of the original's padding that files keep. */
    private static final int OFFSET = 2;

    private static final AttentionNames SELF = attention("self_attn");
    private static final AttentionNames CROSS = attention("encoder_attn");
    private static final MlpNames MLP = new MlpNames("fc2", "fc1", "fc2", "final_layer_norm");

    private static AttentionNames attention(String at) {
        return new AttentionNames(
                at, at, null, at + ".q_proj", at + ".k_proj", at + ".v_proj", at + ".out_proj", at + "_layer_norm");
    }

    @Override
    public Blueprint read(ConfigReader config) throws FileFormatException {
        refuseUnsupported(config);
        int hidden = config.integer("d_model", 1024, 1);
        int words = config.integer("vocab_size", 50265, 1);
        config.only("hidden_size", hidden);
        config.only("num_attention_heads", config.integer("encoder_attention_heads", 16, 1));
        int end = config.possibleToken("eos_token_id", words > 2 ? 2 : null, words);
        int start = config.token("decoder_start_token_id", words > 2 ? 2 : null, words);
        if (start < 0) {
            throw config.wrong("decoder_start_token_id", null, "a token's id");
        }
        return new Blueprint(
                "bart",
                "model.",
                words,
                hidden,
                config.integer("max_position_embeddings", 1024, 1),
                config.token("pad_token_id", words > 1 ? 1 : null, words),
                stack(config, "encoder", null, hidden),
                stack(config, "decoder", CROSS, hidden),
                new HeadPlan(
                        Pooling.END,
                        null,
                        "classification_head",
                        "classification_head.dense",
                        "classification_head.out_proj",
                        true,
                        config.number("classifier_dropout", 0.0, 0, 1),
                        "BartForSequenceClassification"),
                new LanguagePlan(
                        "lm_head",
                        config.flag("tie_word_embeddings", true),
                        "final_logits_bias",
                        start,
                        config.possibleToken("bos_token_id", 0, words),
                        end < 0 ? List.of() : List.of(end),
                        config.token("forced_bos_token_id", null, words)));
    }

    private static StackPlan stack(ConfigReader config, String name, AttentionNames cross, int hidden)
            throws FileFormatException {
        int heads = config.divisor(name + "_attention_heads", 16, "d_model", hidden);
        double dropout = config.number("dropout", 0.1, 0, 1);
        config.only(name + "_layerdrop", 0.0, 0);
        EmbeddingPlan embedding = new EmbeddingPlan(
                name + ".embed_tokens",
                List.of("shared.weight", "encoder.embed_tokens.weight", "decoder.embed_tokens.weight"),
                config.flag("scale_embedding", false) ? Math.sqrt(hidden) : 1,
                name + ".embed_positions",
                OFFSET,
                null,
                0,
                name + ".layernorm_embedding",
                dropout);
        return new StackPlan(
                embedding,
                name + ".layers.%d",
                config.integer(name + "_layers", 12, 1),
                heads,
                heads,
                hidden / heads,
                config.integer(name + "_ffn_dim", 4096, 1),
                config.choice("activation_function", "gelu", ConfigReader.ACTIVATIONS),
                SELF,
                cross,
                MLP,
                false,
                null,
                false,
                false,
                true,
                1e-5,
                dropout,
                config.number("attention_dropout", 0.0, 0, 1),
                config.number("activation_dropout", 0.0, 0, 1));
    }

    private static void refuseUnsupported(ConfigReader config) throws FileFormatException {
        config.only("is_encoder_decoder", true);
        config.only("is_decoder", false);
        config.only("normalize_before", false);
        config.only("normalize_embedding", true);
        config.only("add_final_layer_norm", false);
        config.only("static_position_embeddings", false);
        config.only("add_bias_logits", false);
        config.only("extra_pos_embeddings", OFFSET);
        config.only("chunk_size_feed_forward", 0);
        config.only("pruned_heads", Map.of());
        config.only("quantization_config", "absent");
        config.only("problem_type", "single_label_classification");
    }
}
