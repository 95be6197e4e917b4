package dev.graft.transformer.model.family;

import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.transformer.model.architecture.Blueprint;
import dev.graft.transformer.model.architecture.EmbeddingPlan.Projection;
import dev.graft.transformer.model.architecture.HeadPlan;
import dev.graft.transformer.model.architecture.Pooling;

/**
 * {@code "model_type": "electra"} (Clark et al. 2020): BERT's encoder behind embeddings that may be narrower, and a
 * classifier of two layers; defaults are those of Hugging Face's ElectraConfig.
 */
final class Electra implements Family {
    @Override
    public Blueprint read(ConfigReader config) throws FileFormatException {
        BertEncoder.refuseUnsupported(config);
        int hidden = config.integer("hidden_size", 256, 1);
        int width = config.integer("embedding_size", 128, 1);
        double dropout = BertEncoder.dropout(config);
        Projection projection = width == hidden ? null : new Projection("embeddings_project", width);
        return new Blueprint(
                "electra",
                "electra.",
                config.integer("vocab_size", 30522, 1),
                hidden,
                config.integer("max_position_embeddings", 512, 1),
                config.integer("pad_token_id", 0, 0),
                BertEncoder.layers(config, BertEncoder.embedding(config, 0, -1, dropout, projection), hidden),
                null,
                new HeadPlan(
                                Pooling.FIRST,
                                (HeadPlan.Pooler) null,
                                "classifier",
                                "classifier.dense",
                                "gelu",
                                true,
                                "classifier.out_proj",
                                true,
                                config.number("classifier_dropout", dropout, 0, 1),
                                "ElectraForSequenceClassification")
                        .with(config.tokens("Electra", config.number("classifier_dropout", dropout, 0, 1))),
                null);
    }
}
