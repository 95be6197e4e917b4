package dev.graft.transformer.model.family;

import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.transformer.model.architecture.Blueprint;

/**
 * {@code "model_type": "mistral"} (Jiang et al. 2023, arXiv 2310.06825): a LLaMA whose queries see a window of keys;
 * defaults are those of Hugging Face's MistralConfig.
 */
final class Mistral implements Family {
    @Override
    public Blueprint read(ConfigReader config) throws FileFormatException {
        return new RotaryDecoder(config, "mistral", "Mistral")
                .activation("hidden_act", "silu")
                .defaults(8, 0, 4096 * 32)
                .windows(LayerTypes.all(config, LayerTypes.window(config, 4096)))
                .tied(false)
                .blueprint();
    }
}
