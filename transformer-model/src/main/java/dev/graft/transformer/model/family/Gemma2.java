package dev.graft.transformer.model.family;

import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.transformer.model.architecture.Blueprint;
import dev.graft.transformer.model.architecture.NormKind;

/**
 * {@code "model_type": "gemma2"} (Gemma Team 2024, arXiv 2408.00118): norms before and behind each sub-layer with scales
 * of 1 + w, every other layer with a window, soft caps on scores and logits, embeddings times the root of the hidden size;
 * defaults are those of Hugging Face's Gemma2Config. Soft caps mean what transformers' eager attention makes of them; in
 * 4.57 its sdpa passes over them.
 */
final class Gemma2 implements Family {
    @Override
    public Blueprint read(ConfigReader config) throws FileFormatException {
        boolean biased = config.flag("attention_bias", false);
        int hidden = config.integer("hidden_size", null, 1);
        double scalar = config.number("query_pre_attn_scalar", 256.0, 1e-6, 1e9);
        return new RotaryDecoder(config, "gemma2", "Gemma2")
                .activation("hidden_activation", "gelu_pytorch_tanh")
                .names(
                        RotaryDecoder.attention("post_attention_layernorm", null, null),
                        RotaryDecoder.mlp("pre_feedforward_layernorm", "post_feedforward_layernorm"))
                .norms(new NormKind(false, 1))
                .defaults(4, 256, 8192)
                .biases(biased, biased, false)
                .windows(LayerTypes.read(config, LayerTypes.window(config, 4096), layer -> layer % 2 == 0))
                .scores(
                        1 / Math.sqrt(scalar),
                        cap(config, "attn_logit_softcapping", 50),
                        cap(config, "final_logit_softcapping", 30))
                .embeddingsTimes((float) Math.sqrt(hidden))
                .tied(true)
                .tokens(0, 2, 1)
                .blueprint();
    }

    /** 0 where the file says null. */
    private static double cap(ConfigReader config, String key, double otherwise) throws FileFormatException {
        boolean none = config.names(key) && !config.has(key);
        return none ? 0 : config.number(key, otherwise, 1e-6, 1e9);
    }
}
