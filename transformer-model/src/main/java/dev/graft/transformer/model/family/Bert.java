package dev.graft.transformer.model.family;

import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.transformer.model.architecture.AttentionNames;
import dev.graft.transformer.model.architecture.Blueprint;
import dev.graft.transformer.model.architecture.EmbeddingPlan;
import dev.graft.transformer.model.architecture.HeadPlan;
import dev.graft.transformer.model.architecture.MlpNames;
import dev.graft.transformer.model.architecture.Pooling;
import dev.graft.transformer.model.architecture.StackPlan;
import java.util.List;
import java.util.Map;

/** {@code "model_type": "bert"} (Devlin et al. 2019): a post-norm encoder; defaults are those of Hugging Face's BertConfig. */
final class Bert implements Family {
    private static final AttentionNames ATTENTION = new AttentionNames(
            "attention",
            "attention.self",
            null,
            "attention.self.query",
            "attention.self.key",
            "attention.self.value",
            "attention.output.dense",
            "attention.output.LayerNorm");
    private static final MlpNames MLP =
            new MlpNames("output", "intermediate.dense", "output.dense", "output.LayerNorm");

    @Override
    public Blueprint read(ConfigReader config) throws FileFormatException {
        refuseUnsupported(config);
        int hidden = config.integer("hidden_size", null, 1);
        double dropout = config.number("hidden_dropout_prob", 0.1, 0, 1);
        int words = config.integer("vocab_size", null, 1);
        return new Blueprint(
                "bert",
                "bert.",
                words,
                hidden,
                config.integer("max_position_embeddings", 512, 1),
                config.integer("pad_token_id", 0, 0),
                encoder(config, hidden, dropout),
                null,
                new HeadPlan(
                        Pooling.POOLER,
                        "pooler.dense",
                        "classifier",
                        null,
                        "classifier",
                        true,
                        config.number("classifier_dropout", dropout, 0, 1),
                        "BertForSequenceClassification"),
                null);
    }

    private static StackPlan encoder(ConfigReader config, int hidden, double dropout) throws FileFormatException {
        int heads = config.divisor("num_attention_heads", null, "hidden_size", hidden);
        EmbeddingPlan embedding = new EmbeddingPlan(
                "embeddings.word_embeddings",
                List.of("embeddings.word_embeddings.weight"),
                1,
                "embeddings.position_embeddings",
                0,
                "embeddings.token_type_embeddings",
                config.integer("type_vocab_size", 2, 1),
                "embeddings.LayerNorm",
                dropout);
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
                dropout,
                config.number("attention_probs_dropout_prob", 0.1, 0, 1),
                0);
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
