package dev.graft.transformer.model.family;

import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.transformer.model.architecture.AttentionNames;
import dev.graft.transformer.model.architecture.Blueprint;
import dev.graft.transformer.model.architecture.EmbeddingPlan;
import dev.graft.transformer.model.architecture.HeadPlan;
import dev.graft.transformer.model.architecture.LanguagePlan;
import dev.graft.transformer.model.architecture.MlpNames;
import dev.graft.transformer.model.architecture.NormKind;
import dev.graft.transformer.model.architecture.Pooling;
import dev.graft.transformer.model.architecture.StackPlan;
import dev.graft.transformer.model.architecture.StackStyle;
import java.util.List;
import java.util.Map;

/**
 * What LLaMA and the families that came from it share: a pre-norm decoder with root mean square norms, rotary positions,
 * grouped heads and a gated feed-forward sub-layer. A family says what it does otherwise, and takes the blueprint.
 */
final class RotaryDecoder {
    static final AttentionNames ATTENTION = attention(null, null, null);
    static final MlpNames MLP = mlp("post_attention_layernorm", null);

    private final ConfigReader config;
    private final String modelType;
    private final String architecture;
    private AttentionNames attention = ATTENTION;
    private MlpNames mlp = MLP;
    private NormKind norms = NormKind.RMS;
    private String activation = "silu";
    private int defaultHeadSize;
    private int defaultKeyValueHeads;
    private int defaultPositions = 2048;
    private boolean inputBias;
    private boolean outBias;
    private boolean mlpBias;
    private double scale;
    private double cap;
    private double logitCap;
    private double wholeScale = 1;
    private boolean tied;
    private List<Integer> windows = List.of();
    private int padding = -1;
    private int begin = 1;
    private int end = 2;

    /**
     * A plain LLaMA of another name.
     *
     * @param architecture of transformers' classes, such as {@code Llama}
     */
    RotaryDecoder(ConfigReader config, String modelType, String architecture) throws FileFormatException {
        this.config = config;
        this.modelType = modelType;
        this.architecture = architecture;
        config.only("is_encoder_decoder", false);
        config.only("add_cross_attention", false);
        config.only("chunk_size_feed_forward", 0);
        config.only("pruned_heads", Map.of());
        config.only("quantization_config", "absent");
        config.only("problem_type", "single_label_classification");
    }

    static AttentionNames attention(String after, String queryNorm, String keyNorm) {
        return new AttentionNames(
                "self_attn",
                "self_attn",
                null,
                "self_attn.q_proj",
                "self_attn.k_proj",
                "self_attn.v_proj",
                "self_attn.o_proj",
                "input_layernorm",
                after,
                queryNorm,
                keyNorm);
    }

    static MlpNames mlp(String norm, String after) {
        return new MlpNames("mlp", "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj", norm, after);
    }

    RotaryDecoder names(AttentionNames ofAttention, MlpNames ofMlp) {
        attention = ofAttention;
        mlp = ofMlp;
        return this;
    }

    RotaryDecoder norms(NormKind kind) {
        norms = kind;
        return this;
    }

    RotaryDecoder activation(String key, String otherwise) throws FileFormatException {
        activation = config.choice(key, otherwise, ConfigReader.ACTIVATIONS);
        return this;
    }

    /** What a file that leaves them out means; 0 for what follows from the other sizes. */
    RotaryDecoder defaults(int keyValueHeads, int headSize, int positions) {
        defaultKeyValueHeads = keyValueHeads;
        defaultHeadSize = headSize;
        defaultPositions = positions;
        return this;
    }

    RotaryDecoder biases(boolean ofInputs, boolean ofOut, boolean ofMlp) {
        inputBias = ofInputs;
        outBias = ofOut;
        mlpBias = ofMlp;
        return this;
    }

    /** The factor on scores, a soft cap of them, and one of the logits; 0 for none. */
    RotaryDecoder scores(double factor, double attentionCap, double ofLogits) {
        scale = factor;
        cap = attentionCap;
        logitCap = ofLogits;
        return this;
    }

    /** A factor on everything that enters the first layer. */
    RotaryDecoder embeddingsTimes(double factor) {
        wholeScale = factor;
        return this;
    }

    RotaryDecoder tied(boolean otherwise) throws FileFormatException {
        tied = config.flag("tie_word_embeddings", otherwise);
        return this;
    }

    /** Most keys that each layer's queries see, 0 for all. */
    RotaryDecoder windows(List<Integer> ofLayers) {
        windows = ofLayers;
        return this;
    }

    /** Special tokens where the file names none; -1 for none. */
    RotaryDecoder tokens(int ofPadding, int ofBegin, int ofEnd) {
        padding = ofPadding;
        begin = ofBegin;
        end = ofEnd;
        return this;
    }

    Blueprint blueprint() throws FileFormatException {
        int hidden = config.integer("hidden_size", null, 1);
        int words = config.integer("vocab_size", null, 1);
        int heads = config.integer("num_attention_heads", null, 1);
        int usual = defaultHeadSize == 0 ? Math.max(1, hidden / heads) : defaultHeadSize;
        int headSize = config.integer("head_dim", usual, 1);
        RopeReader.Found rope =
                RopeReader.read(config, headSize, config.integer("max_position_embeddings", defaultPositions, 1));
        StackStyle style =
                new StackStyle(norms, inputBias, outBias, mlpBias, scale, cap, windows, rope.plan(), null, 0);
        return new Blueprint(
                modelType,
                "model.",
                words,
                hidden,
                rope.positions(),
                token("pad_token_id", padding, words),
                null,
                stack(heads, headSize, style),
                new HeadPlan(
                        Pooling.LAST,
                        null,
                        "score",
                        null,
                        "score",
                        false,
                        -1,
                        architecture + "ForSequenceClassification"),
                new LanguagePlan(
                        "lm_head",
                        tied,
                        null,
                        -1,
                        token("bos_token_id", begin, words),
                        config.tokens("eos_token_id", known(end, words), words),
                        -1,
                        1,
                        logitCap));
    }

    private StackPlan stack(int heads, int headSize, StackStyle style) throws FileFormatException {
        int grouped = defaultKeyValueHeads == 0 || config.names("num_key_value_heads") ? heads : defaultKeyValueHeads;
        return new StackPlan(
                new EmbeddingPlan(
                        "embed_tokens",
                        List.of("embed_tokens.weight"),
                        1,
                        null,
                        0,
                        null,
                        0,
                        null,
                        -1,
                        wholeScale,
                        -1,
                        null),
                "layers.%d",
                config.integer("num_hidden_layers", null, 1),
                heads,
                config.divisor("num_key_value_heads", grouped, "num_attention_heads", heads),
                headSize,
                config.integer("intermediate_size", null, 1),
                activation,
                attention,
                null,
                mlp,
                true,
                "norm",
                false,
                false,
                true,
                config.number("rms_norm_eps", 1e-6, 0, 1),
                -1,
                config.number("attention_dropout", 0.0, 0, 1),
                0,
                style);
    }

    private int token(String key, int otherwise, int words) throws FileFormatException {
        return config.possibleToken(key, known(otherwise, words), words);
    }

    private static Integer known(int token, int words) {
        return token < 0 || token >= words ? null : Integer.valueOf(token);
    }
}
