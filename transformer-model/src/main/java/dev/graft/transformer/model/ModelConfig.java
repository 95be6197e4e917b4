package dev.graft.transformer.model;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The sizes and switches of a model, from its {@code config.json}.
 *
 * @param modelType the family, such as {@code bert}
 * @param vocabularySize number of tokens known
 * @param hiddenSize features of a token
 * @param layers number of layers
 * @param attentionHeads heads of the queries
 * @param keyValueHeads heads of keys and values
 * @param headSize features of a head
 * @param intermediateSize features between the two products of the feed-forward part
 * @param activation its activation, by Hugging Face's name
 * @param maxPositions most tokens of a sequence
 * @param tokenTypes number of token types
 * @param normEps what layer norms add to the variance
 * @param hiddenDropout dropout on embeddings and sub-layers
 * @param attentionDropout dropout on attention's probabilities
 * @param classifierDropout dropout before the classifier
 * @param padToken id of the padding token
 * @param labels the classifier's labels in the order of their ids; empty if the file has none
 * @param json the whole file, in its order, for writing a changed model; not to be changed
 */
public record ModelConfig(
        String modelType,
        int vocabularySize,
        int hiddenSize,
        int layers,
        int attentionHeads,
        int keyValueHeads,
        int headSize,
        int intermediateSize,
        String activation,
        int maxPositions,
        int tokenTypes,
        double normEps,
        double hiddenDropout,
        double attentionDropout,
        double classifierDropout,
        int padToken,
        List<String> labels,
        Map<String, Object> json) {
    /** Copies list and map. */
    public ModelConfig {
        labels = List.copyOf(labels);
        json = Collections.unmodifiableMap(new LinkedHashMap<>(json));
    }

    /**
     * Reads {@code config.json} of a Hugging Face directory.
     *
     * @throws dev.graft.peft.spi.file.FileFormatException if a value is missing, wrong or not supported
     */
    public static ModelConfig read(Path directory) throws IOException {
        return ConfigReader.read(directory.resolve("config.json"));
    }

    /**
     * Reads a {@code config.json} of any name.
     *
     * @throws dev.graft.peft.spi.file.FileFormatException if a value is missing, wrong or not supported
     */
    public static ModelConfig readFile(Path file) throws IOException {
        return ConfigReader.read(file);
    }

    /** The same model with one dropout everywhere. */
    public ModelConfig withDropout(double dropout) {
        return copy(dropout, dropout, dropout, labels, json);
    }

    /** The same model with other labels and another file. */
    ModelConfig with(List<String> otherLabels, Map<String, Object> file) {
        return copy(hiddenDropout, attentionDropout, classifierDropout, otherLabels, file);
    }

    private ModelConfig copy(
            double hidden, double attention, double classifier, List<String> names, Map<String, Object> file) {
        return new ModelConfig(
                modelType,
                vocabularySize,
                hiddenSize,
                layers,
                attentionHeads,
                keyValueHeads,
                headSize,
                intermediateSize,
                activation,
                maxPositions,
                tokenTypes,
                normEps,
                hidden,
                attention,
                classifier,
                padToken,
                names,
                file);
    }
}
