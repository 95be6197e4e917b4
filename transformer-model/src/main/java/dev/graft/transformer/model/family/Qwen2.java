package dev.graft.transformer.model.family;

import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.transformer.model.architecture.Blueprint;
import java.util.List;

/**
 * {@code "model_type": "qwen2"} (Yang et al. 2024, arXiv 2407.10671): a LLaMA with biases on queries, keys and values, and
 * windows in its upper layers where the file asks for them; defaults are those of Hugging Face's Qwen2Config.
 */
final class Qwen2 implements Family {
    @Override
    public Blueprint read(ConfigReader config) throws FileFormatException {
        return new RotaryDecoder(config, "qwen2", "Qwen2")
                .activation("hidden_act", "silu")
                .defaults(32, 0, 32768)
                .biases(true, false, false)
                .windows(windows(config))
                .tied(false)
                .tokens(-1, -1, -1)
                .blueprint();
    }

    /** Layers from {@code max_window_layers} on have the window, if any. */
    static List<Integer> windows(ConfigReader config) throws FileFormatException {
        int window = config.flag("use_sliding_window", false) ? LayerTypes.window(config, 4096) : 0;
        int first = config.integer("max_window_layers", 28, 0);
        return LayerTypes.read(config, window, layer -> layer >= first);
    }
}
