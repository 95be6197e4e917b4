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
import java.util.List;

/**
 * {@code "model_type": "distilbert"} (Sanh et al. 2019): a post-norm encoder without token types and without dropout on
 * the attention's output; defaults are those of Hugging Face's DistilBertConfig.
 */
final class DistilBert implements Family {
    private static final AttentionNames ATTENTION = new AttentionNames(
            "attention",
            "attention",
            null,
            "attention.q_lin",
            "attention.k_lin",
            "attention.v_lin",
            "attention.out_lin",
            "sa_layer_norm");
    private static final MlpNames MLP = new MlpNames("ffn", "ffn.lin1", "ffn.lin2", "output_layer_norm");
    private static final double EPSILON = 1e-12;

    @Override
    public Blueprint read(ConfigReader config) throws FileFormatException {
        BertEncoder.refuseUnsupported(config);
        int hidden = config.integer("dim", 768, 1);
        config.only("hidden_size", hidden);
        config.only("num_attention_heads", config.integer("n_heads", 12, 1));
        config.only("num_hidden_layers", config.integer("n_layers", 6, 1));
        return new Blueprint(
                "distilbert",
                "distilbert.",
                config.integer("vocab_size", 30522, 1),
                hidden,
                config.integer("max_position_embeddings", 512, 1),
                config.integer("pad_token_id", 0, 0),
                encoder(config, hidden),
                null,
                new HeadPlan(
                                Pooling.FIRST,
                                (HeadPlan.Pooler) null,
                                "classifier", // PEFT's modules_to_save are endings: pre_classifier has this one too
                                "pre_classifier",
                                "relu",
                                false,
                                "classifier",
                                true,
                                config.number("seq_classif_dropout", 0.2, 0, 1),
                                "DistilBertForSequenceClassification")
                        .with(config.tokens("DistilBert", config.number("dropout", 0.1, 0, 1))),
                null);
    }

    private static StackPlan encoder(ConfigReader config, int hidden) throws FileFormatException {
        int heads = config.divisor("n_heads", 12, "dim", hidden);
        double dropout = config.number("dropout", 0.1, 0, 1);
        EmbeddingPlan embedding = new EmbeddingPlan(
                "embeddings.word_embeddings",
                List.of("embeddings.word_embeddings.weight"),
                1,
                "embeddings.position_embeddings",
                0,
                null,
                0,
                "embeddings.LayerNorm",
                dropout);
        return new StackPlan(
                        embedding,
                        "transformer.layer.%d",
                        config.integer("n_layers", 6, 1),
                        heads,
                        heads,
                        hidden / heads,
                        config.integer("hidden_dim", 4 * 768, 1),
                        config.choice("activation", "gelu", ConfigReader.ACTIVATIONS),
                        ATTENTION,
                        null,
                        MLP,
                        false,
                        null,
                        false,
                        false,
                        true,
                        EPSILON,
                        dropout,
                        config.number("attention_dropout", 0.1, 0, 1),
                        0)
                .with(new LayerLayout(false, true, null, null));
    }
}
