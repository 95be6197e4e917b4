package dev.graft.transformer.model;

import dev.graft.peft.spi.file.FileFormatException;
import java.util.List;
import java.util.Map;

/** The keys of {@code "model_type": "bert"}; defaults are those of Hugging Face's BertConfig. */
final class BertConfig implements ConfigReader.Family {
    private static final List<String> ACTIVATIONS =
            List.of("gelu", "gelu_new", "gelu_pytorch_tanh", "gelu_fast", "relu", "silu", "swish");

    @Override
    public ModelConfig read(ConfigReader config) throws FileFormatException {
        refuseUnsupported(config);
        int hidden = config.integer("hidden_size", null, 1);
        int heads = config.integer("num_attention_heads", null, 1);
        if (hidden % heads != 0) {
            throw config.wrong("num_attention_heads", heads, "a divisor of hidden_size, " + hidden);
        }
        double dropout = config.number("hidden_dropout_prob", 0.1, 0, 1);
        return new ModelConfig(
                "bert",
                config.integer("vocab_size", null, 1),
                hidden,
                config.integer("num_hidden_layers", null, 1),
                heads,
                heads,
                hidden / heads,
                config.integer("intermediate_size", null, 1),
                config.choice("hidden_act", "gelu", ACTIVATIONS),
                config.integer("max_position_embeddings", 512, 1),
                config.integer("type_vocab_size", 2, 1),
                config.number("layer_norm_eps", 1e-12, 0, 1),
                dropout,
                config.number("attention_probs_dropout_prob", 0.1, 0, 1),
                config.number("classifier_dropout", dropout, 0, 1),
                config.integer("pad_token_id", 0, 0),
                config.labels(),
                config.json());
    }

    private static void refuseUnsupported(ConfigReader config) throws FileFormatException {
        config.only("position_embedding_type", "absolute");
        config.only("is_decoder", false);
        config.only("is_encoder_decoder", false);
        config.only("add_cross_attention", false);
        config.only("tie_encoder_decoder", false);
        config.only("chunk_size_feed_forward", 0);
        config.only("pruned_heads", Map.of());
        config.only("quantization_config", "absent");
        config.only("problem_type", "single_label_classification");
    }
}
