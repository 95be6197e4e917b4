package dev.graft.transformer.model;

import dev.graft.peft.spi.ModelShape;
import dev.graft.peft.spi.SettingsException;
import dev.graft.transformer.model.architecture.Builder;
import dev.graft.transformer.model.architecture.CheckpointSource;
import dev.graft.transformer.model.architecture.OutlinedWeights;
import dev.graft.transformer.model.architecture.RandomWeights;
import dev.graft.transformer.model.architecture.Transformer;
import dev.graft.transformer.model.chat.ChatTemplate;
import dev.graft.transformer.model.chat.ChatTemplateException;
import dev.graft.transformer.model.weights.Checkpoint;
import dev.graft.transformer.model.weights.Fingerprint;
import dev.graft.transformer.model.weights.FrozenWeight;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The frozen base: one Transformer that any number of threads, adapters and requests share. Nothing can change it.
 */
public final class BaseModel implements AutoCloseable {
    private final ModelConfig config;
    private final Transformer transformer;
    private final TextTokenizer tokenizer;
    private final Checkpoint checkpoint;
    private final Runnable release;
    private final BaseDtype dtype;
    private Path generationFolder;
    private volatile GenerationConfig generation; // read when it is first asked for

    private BaseModel(
            ModelConfig config,
            Transformer transformer,
            TextTokenizer tokenizer,
            Checkpoint checkpoint,
            Runnable release,
            BaseDtype dtype) {
        this.config = config;
        this.transformer = transformer;
        this.tokenizer = tokenizer;
        this.checkpoint = checkpoint;
        this.release = release;
        this.dtype = dtype;
        this.generationFolder = checkpoint == null ? null : checkpoint.directory();
    }

    /**
     * Opens a Hugging Face directory; the weights are mapped, not copied.
     *
     * @throws dev.graft.peft.spi.file.FileFormatException if a file is missing or wrong; the message says which and why
     */
    public static BaseModel open(Path directory) throws IOException {
        return open(directory, BaseDtype.STORED);
    }

    /**
     * Opens a Hugging Face directory, a GGUF file or a BERT as ONNX, with its matrices kept in memory in some type.
     *
     * @param base a directory; a file that ends in {@code .gguf}, or a folder with such a file in place of safetensors; a
     *     file that ends in {@code .onnx} with its tokenizer beside it, or a {@code .jar} with both
     * @throws dev.graft.peft.spi.file.FileFormatException if a file is missing or wrong; the message says which and why
     */
    public static BaseModel open(Path base, BaseDtype dtype) throws IOException {
        BaseFiles files = BaseFiles.of(base);
        Path directory = files.folder();
        ModelConfig config = ModelConfig.read(directory);
        Checkpoint checkpoint = files.open(dtype.compaction());
        try {
            Transformer transformer = Builder.build(config.plan(), new CheckpointSource(checkpoint));
            return new BaseModel(
                    config.as(transformer),
                    transformer,
                    TextTokenizer.read(directory, config.vocabularySize()),
                    checkpoint,
                    checkpoint::close,
                    dtype);
        } catch (UncheckedIOException e) {
            checkpoint.close();
            throw e.getCause();
        } catch (IOException | RuntimeException e) {
            checkpoint.close();
            throw e;
        }
    }

    /** A model of these sizes with seeded random weights and no tokenizer, for benchmarks. */
    public static BaseModel random(ModelConfig config, long seed) {
        return random(config, seed, BaseDtype.F32);
    }

    /** Like the other, with its matrices kept in memory in some type. */
    public static BaseModel random(ModelConfig config, long seed, BaseDtype dtype) {
        RandomWeights weights = new RandomWeights(config.plan(), seed, dtype.compaction());
        return new BaseModel(config, Builder.build(config.plan(), weights), null, null, weights::close, dtype);
    }

    /** A model of these sizes whose weights take no memory and are all zero: to be looked at and counted. */
    public static BaseModel outline(ModelConfig config) {
        OutlinedWeights weights = new OutlinedWeights(config.plan());
        Transformer transformer = Builder.build(config.plan(), weights);
        return new BaseModel(config, transformer, null, null, weights::close, BaseDtype.F32);
    }

    /** Bytes that all frozen weights take in memory, mapped or not; without copies that kernels pack. */
    public long weightBytes() {
        return transformer.weights().stream()
                .mapToLong(FrozenWeight::storedBytes)
                .sum();
    }

    /** Shape of each frozen weight as it lies in a checkpoint, by name; weights outside the body among them. */
    public Map<String, long[]> weightShapes() {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        transformer
                .weights()
                .forEach(weight -> shapes.put(weight.name(), weight.stored().shape()));
        return shapes;
    }

    /**
     * This model with an adapter merged into it, in memory. It shares what did not change with this one, which must
     * stay open; to keep it, see {@link MergedModel}.
     *
     * @throws MergeRefusedException that names the first site that cannot be merged, and why
     */
    public BaseModel merge(Adapter adapter) {
        MergedWeights weights = new MergedWeights(transformer, Merger.merge(this, adapter), adapter);
        ModelConfig merged = weights.untied() ? config.untied() : config;
        merged = adapter.labels().isEmpty() ? merged : merged.ofTokens(adapter.perToken());
        BaseModel model =
                new BaseModel(merged, Builder.build(merged.plan(), weights), null, null, weights::close, BaseDtype.F32);
        model.generationFolder = generationFolder;
        return model;
    }

    /** What config.json says. */
    public ModelConfig config() {
        return config;
    }

    /**
     * How texts are to be written.
     *
     * @throws dev.graft.peft.spi.SettingsException if its file asks for something that is wrong or not supported
     */
    public GenerationConfig generation() {
        GenerationConfig known = generation;
        if (known == null) {
            known = GenerationConfig.read(generationFolder, config);
            generation = known;
        }
        return known;
    }

    /** How the matrices are kept in memory. */
    public BaseDtype dtype() {
        return dtype;
    }

    /** Sizes and sites. */
    public ModelShape shape() {
        return transformer.shape();
    }

    /** The tokenizer of the directory. */
    public TextTokenizer tokenizer() {
        if (tokenizer == null) {
            throw new IllegalStateException("a model that was made in memory has no tokenizer");
        }
        return tokenizer;
    }

    /**
     * The tokens of a prompt with the tokenizer's special ones; where there are none at all, the begin token.
     *
     * @throws SettingsException if there is no begin token either
     */
    public int[] promptTokens(String prompt) {
        int[] tokens = tokenizer().encode(prompt, null, Integer.MAX_VALUE).ids();
        if (tokens.length > 0) {
            return tokens;
        }
        int begin = config.plan().language().beginToken();
        if (begin < 0) {
            throw new SettingsException("a prompt has no tokens, and config.json of " + directory()
                    + " names no bos_token_id that could stand for it; give a prompt");
        }
        return new int[] {begin};
    }

    /**
     * The chat template of the directory.
     *
     * @throws SettingsException if it has none, or one that cannot be used
     */
    public ChatTemplate requireChatTemplate() {
        try {
            ChatTemplate template = checkpoint == null ? null : ChatTemplate.read(checkpoint.directory());
            if (template == null) {
                throw new SettingsException("the base " + directory() + " has no chat template, neither "
                        + "chat_template.jinja nor chat_template in tokenizer_config.json; add one, or use rows with "
                        + "prompt and completion");
            }
            return template;
        } catch (IOException | ChatTemplateException e) {
            throw new SettingsException("the chat template of " + directory() + " cannot be used: " + e.getMessage());
        }
    }

    /** Labels of the checkpoint's own classifier, in the order of its outputs; empty if it has none. */
    public List<String> labels() {
        return transformer.head().own() ? config.labels() : List.of();
    }

    /** Labels of the checkpoint's own classifier of tokens, in the order of its outputs; empty if it has none. */
    public List<String> tokenLabels() {
        return transformer.tokens() != null && transformer.tokens().own() ? config.labels() : List.of();
    }

    /**
     * What a classifier reads: {@code pooler}, the first token through a projection; {@code mean}, all tokens' mean;
     * {@code last}, the last token; or {@code end}, the last end token.
     */
    public String pooling() {
        return transformer.head().pooling().label();
    }

    /** The folder it was opened from, or null for weights that were made in memory. */
    public Path directory() {
        return checkpoint == null ? null : checkpoint.directory();
    }

    /** Hash of all weights, from the cache where the files have not changed. */
    public String fingerprint() throws IOException {
        return checkpoint == null ? "memory" : Fingerprint.of(checkpoint);
    }

    /**
     * Hashes all weights as they are in memory now.
     *
     * @throws IllegalStateException if they are not those of the fingerprint
     */
    public void verify(String fingerprint) throws IOException {
        if (checkpoint != null) {
            Fingerprint.verify(checkpoint, fingerprint);
        }
    }

    /** Hash of all weights as they are in memory now. */
    public String computeFingerprint() throws IOException {
        return checkpoint == null ? "memory" : Fingerprint.compute(checkpoint);
    }

    Transformer transformer() {
        return transformer;
    }

    /** Unmaps the weights; nobody may be using them. */
    @Override
    public void close() {
        if (tokenizer != null) {
            tokenizer.close();
        }
        release.run();
    }
}
