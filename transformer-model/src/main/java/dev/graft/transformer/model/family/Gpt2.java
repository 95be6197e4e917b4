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
 * {@code "model_type": "gpt2"} (Radford et al. 2019): a pre-norm decoder whose linear weights lie as [in, out] (Hugging
 * Face's Conv1D) and whose queries, keys and values are one projection; defaults are those of GPT2Config.
 * {@code scale_attn_weights} and {@code scale_attn_by_inverse_layer_idx} mean what transformers' eager attention makes of
 * them; its other implementations pass over them (4.57).
 */
final class Gpt2 implements Family {
    private static final AttentionNames ATTENTION =
            new AttentionNames("attn", "attn", "attn.c_attn", "query", "key", "value", "attn.c_proj", "ln_1");
    private static final MlpNames MLP = new MlpNames("mlp", "mlp.c_fc", "mlp.c_proj", "ln_2");

    @Override
    public Blueprint read(ConfigReader config) throws FileFormatException {
        refuseUnsupported(config);
        int hidden = config.integer("n_embd", 768, 1);
        int words = config.integer("vocab_size", 50257, 1);
        config.only("hidden_size", hidden);
        config.only("max_position_embeddings", config.integer("n_positions", 1024, 1));
        config.only("num_attention_heads", config.integer("n_head", 12, 1));
        config.only("num_hidden_layers", config.integer("n_layer", 12, 1));
        return new Blueprint(
                "gpt2",
                "transformer.",
                words,
                hidden,
                config.integer("n_positions", 1024, 1),
                config.possibleToken("pad_token_id", null, words),
                null,
                decoder(config, hidden),
                new HeadPlan(Pooling.LAST, null, "score", null, "score", false, -1, "GPT2ForSequenceClassification"),
                new LanguagePlan(
                        "lm_head",
                        config.flag("tie_word_embeddings", true),
                        null,
                        -1,
                        config.possibleToken("bos_token_id", words == 50257 ? 50256 : null, words),
                        config.tokens("eos_token_id", words == 50257 ? 50256 : null, words),
                        -1));
    }

    private static StackPlan decoder(ConfigReader config, int hidden) throws FileFormatException {
        int heads = config.divisor("n_head", 12, "n_embd", hidden);
        EmbeddingPlan embedding = new EmbeddingPlan(
                "wte", List.of("wte.weight"), 1, "wpe", 0, null, 0, null, config.number("embd_pdrop", 0.1, 0, 1));
        return new StackPlan(
                embedding,
                "h.%d",
                config.integer("n_layer", 12, 1),
                heads,
                heads,
                hidden / heads,
                config.integer("n_inner", 4 * hidden, 1),
                config.choice("activation_function", "gelu_new", ConfigReader.ACTIVATIONS),
                ATTENTION,
                null,
                MLP,
                true,
                "ln_f",
                true,
                config.flag("scale_attn_by_inverse_layer_idx", false),
                config.flag("scale_attn_weights", true),
                config.number("layer_norm_epsilon", 1e-5, 0, 1),
                config.number("resid_pdrop", 0.1, 0, 1),
                config.number("attn_pdrop", 0.1, 0, 1),
                0);
    }

    /** {@code reorder_and_upcast_attn} changes the precision of half-precision runs alone. */
    private static void refuseUnsupported(ConfigReader config) throws FileFormatException {
        config.only("add_cross_attention", false);
        config.only("is_encoder_decoder", false);
        config.only("is_decoder", false, true);
        config.only("chunk_size_feed_forward", 0);
        config.only("pruned_heads", Map.of());
        config.only("quantization_config", "absent");
        config.only("problem_type", "single_label_classification");
    }
}
