package dev.graft.transformer.model.family;

import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.transformer.model.architecture.Blueprint;

/**
 * {@code "model_type": "qwen3"} (Yang et al. 2025, arXiv 2505.09388): a LLaMA that normalises each head's queries and
 * keys; defaults are those of Hugging Face's Qwen3Config.
 */
final class Qwen3 implements Family {
    @Override
    public Blueprint read(ConfigReader config) throws FileFormatException {
        boolean biased = config.flag("attention_bias", false);
        return new RotaryDecoder(config, "qwen3", "Qwen3")
                .activation("hidden_act", "silu")
                .names(RotaryDecoder.attention(null, "self_attn.q_norm", "self_attn.k_norm"), RotaryDecoder.MLP)
                .defaults(32, 128, 32768)
                .biases(biased, biased, false)
                .windows(Qwen2.windows(config))
                .tied(false)
                .tokens(-1, -1, -1)
                .blueprint();
    }
}
