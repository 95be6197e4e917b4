package dev.graft.transformer.model.family;

import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.transformer.model.architecture.AttentionNames;
import dev.graft.transformer.model.architecture.EmbeddingPlan;
import dev.graft.transformer.model.architecture.MlpNames;
import dev.graft.transformer.model.architecture.StackPlan;
import java.util.List;
import java.util.Map;

/** The encoder of BERT (Devlin et al. 2019), which several families have: keys of config.json and names of modules. */
final class BertEncoder {
    static final MlpNames MLP = new MlpNames("output", "intermediate.dense", "output.dense", "output.LayerNorm");
    private static final AttentionNames ATTENTION = new AttentionNames(
            "attention",
            "attention.self",
            null,
            "attention.self.query",
            "attention.self.key",
            "attention.self.value",
            "attention.output.dense",
            "attention.output.LayerNorm");

    private BertEncoder() {}

    /**
     * The three tables, summed.
     *
     * @param offset rows of the table of positions in front of the first position
     * @param unplaced token that takes no position, or -1
     * @param dropout behind the norm
     * @param projection to the hidden size, or null
     */
    static EmbeddingPlan embedding(
            ConfigReader config, int offset, int unplaced, double dropout, EmbeddingPlan.Projection projection)
            throws FileFormatException {
        config.only("position_embedding_type", "absolute");
        return new EmbeddingPlan(
                        "embeddings.word_embeddings",
                        List.of("embeddings.word_embeddings.weight"),
                        1,
                        "embeddings.position_embeddings",
                        offset,
                        "embeddings.token_type_embeddings",
                        config.integer("type_vocab_size", 2, 1),
                        "embeddings.LayerNorm",
                        dropout)
                .unplaced(unplaced)
                .with(projection);
    }

    /** The layers, each a module of its own. */
    static StackPlan layers(ConfigReader config, EmbeddingPlan embedding, int hidden) throws FileFormatException {
        int heads = config.divisor("num_attention_heads", null, "hidden_size", hidden);
        return new StackPlan(
                embedding,
                "encoder.layer.%d",
                config.integer("num_hidden_layers", null, 1),
                heads,
                heads,
                hidden / heads,
                config.integer("intermediate_size", null, 1),
                config.choice("hidden_act", "gelu", ConfigReader.ACTIVATIONS),
                ATTENTION,
                null,
                MLP,
                false,
                null,
                false,
                false,
                true,
                config.number("layer_norm_eps", 1e-12, 0, 1),
                dropout(config),
                config.number("attention_probs_dropout_prob", 0.1, 0, 1),
                0);
    }

    static double dropout(ConfigReader config) throws FileFormatException {
        return config.number("hidden_dropout_prob", 0.1, 0, 1);
    }

    /** Refuses what would make it something else than an encoder that classifies. */
    static void refuseUnsupported(ConfigReader config) throws FileFormatException {
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
