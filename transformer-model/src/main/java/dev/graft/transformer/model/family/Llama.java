package dev.graft.transformer.model.family;

import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.transformer.model.architecture.Blueprint;

/**
 * {@code "model_type": "llama"} (Touvron et al. 2023, arXiv 2302.13971), LLaMA 1 to 3 and models of its form such as
 * SmolLM2; defaults are those of Hugging Face's LlamaConfig.
 */
final class Llama implements Family {
    @Override
    public Blueprint read(ConfigReader config) throws FileFormatException {
        boolean biased = config.flag("attention_bias", false);
        return new RotaryDecoder(config, "llama", "Llama")
                .activation("hidden_act", "silu")
                .biases(biased, biased, config.flag("mlp_bias", false))
                .tied(false)
                .blueprint();
    }
}
