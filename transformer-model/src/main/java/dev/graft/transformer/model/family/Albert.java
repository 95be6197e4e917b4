package dev.graft.transformer.model.family;

import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.transformer.model.architecture.AttentionNames;
import dev.graft.transformer.model.architecture.Blueprint;
import dev.graft.transformer.model.architecture.EmbeddingPlan;
import dev.graft.transformer.model.architecture.HeadPlan;
import dev.graft.transformer.model.architecture.LayerLayout;
import dev.graft.transformer.model.architecture.MlpNames;
import dev.graft.transformer.model.architecture.Pooling;
import dev.graft.transformer.model.architecture.StackPlan;

/**
 * {@code "model_type": "albert"} (Lan et al. 2019): narrow embeddings, and layers that are the same modules run again and
 * again; defaults are those of Hugging Face's AlbertConfig.
 */
final class Albert implements Family {
    private static final AttentionNames ATTENTION = new AttentionNames(
            "attention",
            "attention",
            null,
            "attention.query",
            "attention.key",
            "attention.value",
            "attention.dense",
            "attention.LayerNorm");
    private static final MlpNames MLP = new MlpNames("ffn_output", "ffn", "ffn_output", "full_layer_layer_norm");

    @Override
    public Blueprint read(ConfigReader config) throws FileFormatException {
        BertEncoder.refuseUnsupported(config);
        int hidden = config.integer("hidden_size", 4096, 1);
        return new Blueprint(
                "albert",
                "albert.",
                config.integer("vocab_size", 30000, 1),
                hidden,
                config.integer("max_position_embeddings", 512, 1),
                config.integer("pad_token_id", 0, 0),
                encoder(config, hidden),
                null,
                new HeadPlan(
                                Pooling.POOLER,
                                "pooler",
                                "classifier",
                                null,
                                "classifier",
                                true,
                                config.number("classifier_dropout_prob", 0.1, 0, 1),
                                "AlbertForSequenceClassification")
                        .with(config.tokens("Albert", config.number("classifier_dropout_prob", 0.1, 0, 1))),
                null);
    }

    private static StackPlan encoder(ConfigReader config, int hidden) throws FileFormatException {
        int heads = config.divisor("num_attention_heads", 64, "hidden_size", hidden);
        int layers = config.integer("num_hidden_layers", 12, 1);
        int groups = config.integer("num_hidden_groups", 1, 1);
        if (groups > layers) {
            throw config.wrong("num_hidden_groups", groups, "at most num_hidden_layers, " + layers);
        }
        double dropout = config.number("hidden_dropout_prob", 0.0, 0, 1);
        EmbeddingPlan.Projection projection = new EmbeddingPlan.Projection(
                "encoder.embedding_hidden_mapping_in", config.integer("embedding_size", 128, 1));
        LayerLayout.Sharing sharing = new LayerLayout.Sharing(groups, config.integer("inner_group_num", 1, 1));
        return new StackPlan(
                        BertEncoder.embedding(config, 0, -1, dropout, projection),
                        "encoder.albert_layer_groups.%d.albert_layers.%d",
                        layers,
                        heads,
                        heads,
                        hidden / heads,
                        config.integer("intermediate_size", 16384, 1),
                        config.choice("hidden_act", "gelu_new", ConfigReader.ACTIVATIONS),
                        ATTENTION,
                        null,
                        MLP,
                        false,
                        null,
                        false,
                        false,
                        true,
                        config.number("layer_norm_eps", 1e-12, 0, 1),
                        dropout,
                        config.number("attention_probs_dropout_prob", 0.0, 0, 1),
                        0)
                .with(new LayerLayout(true, false, sharing, null));
    }
}
