package dev.graft.transformer.model.family;

import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.transformer.model.architecture.Blueprint;
import dev.graft.transformer.model.architecture.HeadPlan;
import dev.graft.transformer.model.architecture.Pooling;

/**
 * {@code "model_type": "roberta"} (Liu et al. 2019) and {@code "xlm-roberta"} (Conneau et al. 2020): BERT's encoder whose
 * positions start behind the padding token's number, and a classifier of two layers; defaults are those of Hugging
 * Face's RobertaConfig.
 */
final class Roberta implements Family {
    private final String modelType;
    private final String name;

    /**
     * One of the two, which differ in their tokenizers alone.
     *
     * @param name of its classes in transformers
     */
    Roberta(String modelType, String name) {
        this.modelType = modelType;
        this.name = name;
    }

    @Override
    public Blueprint read(ConfigReader config) throws FileFormatException {
        BertEncoder.refuseUnsupported(config);
        int hidden = config.integer("hidden_size", 768, 1);
        double dropout = BertEncoder.dropout(config);
        int words = config.integer("vocab_size", 50265, 1);
        int padding = config.token("pad_token_id", 1, words);
        if (padding < 0) {
            throw config.wrong("pad_token_id", null, "a token's id: positions start behind it");
        }
        int offset = padding + 1;
        return new Blueprint(
                modelType,
                "roberta.",
                words,
                hidden,
                config.integer("max_position_embeddings", 512, offset + 1) - offset,
                padding,
                BertEncoder.layers(config, BertEncoder.embedding(config, offset, padding, dropout, null), hidden),
                null,
                new HeadPlan(
                                Pooling.FIRST,
                                null,
                                "classifier",
                                "classifier.dense",
                                "classifier.out_proj",
                                true,
                                config.number("classifier_dropout", dropout, 0, 1),
                                name + "ForSequenceClassification")
                        .with(config.tokens(name, config.number("classifier_dropout", dropout, 0, 1))),
                null);
    }
}
