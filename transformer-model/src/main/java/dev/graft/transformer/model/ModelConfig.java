package dev.graft.transformer.model;

import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.transformer.model.architecture.Blueprint;
import dev.graft.transformer.model.architecture.RotaryPlan;
import dev.graft.transformer.model.architecture.StackPlan;
import dev.graft.transformer.model.architecture.Transformer;
import dev.graft.transformer.model.family.ConfigReader;
import dev.graft.transformer.model.family.ConfigReader.Found;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The sizes and switches of a model, from its {@code config.json}. Of a model with an encoder and a decoder, numbers
 * that may differ are the decoder's. Immutable.
 */
public final class ModelConfig {
    private final Blueprint plan;
    private final List<String> labels;
    private final Map<String, Object> json;

    private ModelConfig(Blueprint plan, List<String> labels, Map<String, Object> json) {
        this.plan = plan;
        this.labels = List.copyOf(labels);
        this.json = Collections.unmodifiableMap(new LinkedHashMap<>(json));
    }

    static ModelConfig of(Found found) {
        return new ModelConfig(found.plan(), found.labels(), found.json());
    }

    /**
     * Reads {@code config.json} of a Hugging Face directory.
     *
     * @throws dev.graft.peft.spi.file.FileFormatException if a value is missing, wrong or not supported
     */
    public static ModelConfig read(Path directory) throws IOException {
        return of(ConfigReader.read(directory.resolve("config.json")));
    }

    /**
     * Reads a {@code config.json} of any name.
     *
     * @throws dev.graft.peft.spi.file.FileFormatException if a value is missing, wrong or not supported
     */
    public static ModelConfig readFile(Path file) throws IOException {
        return of(ConfigReader.read(file));
    }

    /**
     * The content of a {@code config.json} that is in memory, for models without files.
     *
     * @throws IllegalArgumentException if a value is missing, wrong or not supported
     */
    public static ModelConfig of(Map<String, Object> json) {
        try {
            return of(ConfigReader.read(Path.of("config.json"), json));
        } catch (FileFormatException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    Blueprint plan() {
        return plan;
    }

    private StackPlan stack() {
        return plan.last();
    }

    /** The family, such as {@code bert}. */
    public String modelType() {
        return plan.modelType();
    }

    /** Number of tokens known. */
    public int vocabularySize() {
        return plan.vocabularySize();
    }

    /** Features of a token. */
    public int hiddenSize() {
        return plan.hiddenSize();
    }

    /** Number of layers. */
    public int layers() {
        return stack().layers();
    }

    /** Layers of the encoder; 0 without one. */
    public int encoderLayers() {
        return plan.encoder() == null ? 0 : plan.encoder().layers();
    }

    /** Heads of the queries. */
    public int attentionHeads() {
        return stack().heads();
    }

    /** Heads of keys and values. */
    public int keyValueHeads() {
        return stack().keyValueHeads();
    }

    /** Features of a head. */
    public int headSize() {
        return stack().headSize();
    }

    /** Features between the two products of the feed-forward part. */
    public int intermediateSize() {
        return stack().inner();
    }

    /** Its activation, by Hugging Face's name. */
    public String activation() {
        return stack().activation();
    }

    /** Most tokens of a sequence. */
    public int maxPositions() {
        return plan.maxPositions();
    }

    /**
     * Most positions of a prompt and what is generated behind it. Where a longer text turns all its keys otherwise, as with
     * rope_scaling of the types dynamic and longrope, keys that are kept cannot follow: these are the positions that need none of it.
     */
    public int mostGenerated() {
        return lengthCounts()
                ? Math.min(maxPositions(), stack().style().rotary().growth().trained())
                : maxPositions();
    }

    /**
     * True if a text's length changes how its tokens are read, beyond the positions that {@link #mostGenerated} gives: then a
     * token that predicts nothing still counts.
     */
    public boolean lengthCounts() {
        RotaryPlan rotary = stack().style().rotary();
        return rotary != null && rotary.growth() != null;
    }

    /** Number of token types; 0 in families that have none. */
    public int tokenTypes() {
        return plan.first().embedding().typeCount();
    }

    /** What norms add to the variance. */
    public double normEps() {
        return stack().epsilon();
    }

    /** Dropout on the output of sub-layers. */
    public double hiddenDropout() {
        return Math.max(0, stack().dropout());
    }

    /** Dropout on attention's probabilities. */
    public double attentionDropout() {
        return stack().attentionDropout();
    }

    /** Dropout before the classifier. */
    public double classifierDropout() {
        return Math.max(0, plan.head().dropout());
    }

    /** Id of the padding token, or -1. */
    public int padToken() {
        return plan.padToken();
    }

    /** The classifier's labels in the order of their ids; empty if the file has none. */
    public List<String> labels() {
        return labels;
    }

    /** The whole file, in its order, for writing a changed model; it cannot be changed. */
    public Map<String, Object> json() {
        return json;
    }

    /** True for an encoder and a decoder. */
    public boolean encoderDecoder() {
        return plan.encoderDecoder();
    }

    /** True if the model predicts tokens, so that it can be trained for generation. */
    public boolean generates() {
        return plan.language() != null;
    }

    /** Tokens that end a text; training adds the first one. Empty where config.json names none. */
    public List<Integer> endTokens() {
        return generates() ? plan.language().endTokens() : List.of();
    }

    /** First input of the decoder of an encoder-decoder model; -1 in other models. */
    public int startToken() {
        return generates() ? plan.language().startToken() : -1;
    }

    /** The same model with one dropout everywhere. */
    public ModelConfig withDropout(double dropout) {
        return new ModelConfig(plan.withDropout(dropout), labels, json);
    }

    /** The same model with an output projection of its own, beside the table of words. */
    ModelConfig untied() {
        Map<String, Object> file = new LinkedHashMap<>(json);
        file.put("tie_word_embeddings", false);
        return new ModelConfig(plan.untied(), labels, file);
    }

    /** The same model as a checkpoint has it: some have no output projection, and predict no tokens. */
    ModelConfig as(Transformer transformer) {
        return generates() && transformer.language() == null
                ? new ModelConfig(plan.withoutLanguage(), labels, json)
                : this;
    }

    /** The same model, whose own classifier is one of tokens, or of sequences. */
    ModelConfig ofTokens(boolean own) {
        return new ModelConfig(plan.ofTokens(own), labels, json);
    }

    /** The same model with other labels and another file. */
    ModelConfig with(List<String> otherLabels, Map<String, Object> file) {
        return new ModelConfig(plan, otherLabels, file);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ModelConfig that
                && plan.equals(that.plan)
                && labels.equals(that.labels)
                && json.equals(that.json);
    }

    @Override
    public int hashCode() {
        return Objects.hash(plan, labels, json);
    }

    @Override
    public String toString() {
        return modelType() + " " + json;
    }
}
