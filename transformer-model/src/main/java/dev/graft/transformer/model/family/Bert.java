package dev.graft.transformer.model.family;

import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.transformer.model.architecture.Blueprint;
import dev.graft.transformer.model.architecture.HeadPlan;
import dev.graft.transformer.model.architecture.Pooling;

/** {@code "model_type": "bert"} (Devlin et al. 2019): a post-norm encoder; defaults are those of Hugging Face's BertConfig. */
final class Bert implements Family {
    @Override
    public Blueprint read(ConfigReader config) throws FileFormatException {
        BertEncoder.refuseUnsupported(config);
        int hidden = config.integer("hidden_size", null, 1);
        double dropout = BertEncoder.dropout(config);
        int words = config.integer("vocab_size", null, 1);
        return new Blueprint(
                "bert",
                "bert.",
                words,
                hidden,
                config.integer("max_position_embeddings", 512, 1),
                config.integer("pad_token_id", 0, 0),
                BertEncoder.layers(config, BertEncoder.embedding(config, 0, -1, dropout, null), hidden),
                null,
                new HeadPlan(
                                Pooling.POOLER,
                                "pooler.dense",
                                "classifier",
                                null,
                                "classifier",
                                true,
                                config.number("classifier_dropout", dropout, 0, 1),
                                "BertForSequenceClassification")
                        .with(config.tokens("Bert", config.number("classifier_dropout", dropout, 0, 1))),
                null);
    }
}
