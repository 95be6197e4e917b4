package dev.graft.transformer.model.family;

import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.transformer.model.architecture.AttentionNames;
import dev.graft.transformer.model.architecture.Blueprint;
import dev.graft.transformer.model.architecture.DistancePlan;
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
 * {@code "model_type": "t5"} (Raffel et al. 2020, arXiv 1910.10683), T5, T5 v1.1 and Flan-T5: a pre-norm encoder and
 * decoder with root mean square norms, no biases, scores that are not scaled, and numbers for distances in place of
 * positions; defaults are those of Hugging Face's T5Config.
 */
final class T5 implements Family {
    /** Most tokens of a sequence: distances have no end, and memory has. */
    private static final int POSITIONS = 1 << 20;

    /** Its body has another name than that of a model that predicts tokens: adapters of the one do not fit the other. */
    private static final String CLASSIFIER = "T5ForSequenceClassification";

    private static final List<String> WORDS =
            List.of("shared.weight", "encoder.embed_tokens.weight", "decoder.embed_tokens.weight");

    @Override
    public Blueprint read(ConfigReader config) throws FileFormatException {
        refuseUnsupported(config);
        int hidden = config.integer("d_model", 512, 1);
        int words = config.integer("vocab_size", 32128, 1);
        config.only("hidden_size", hidden);
        config.only("num_attention_heads", config.integer("num_heads", 8, 1));
        config.only("num_hidden_layers", config.integer("num_layers", 6, 1));
        config.only("head_dim", config.integer("d_kv", 64, 1));
        boolean classifies = config.lists("architectures", CLASSIFIER);
        int layers = config.integer("num_layers", 6, 1);
        int decoderLayers = config.integer("num_decoder_layers", layers, 1);
        return new Blueprint(
                "t5",
                classifies ? "transformer." : "",
                words,
                hidden,
                POSITIONS,
                config.token("pad_token_id", 0, words),
                stack(config, "encoder", null, layers),
                stack(config, "decoder", attention(1, "EncDecAttention"), decoderLayers),
                new HeadPlan(
                        Pooling.END,
                        null,
                        "classification_head",
                        "classification_head.dense",
                        "classification_head.out_proj",
                        true,
                        config.number("classifier_dropout", 0.0, 0, 1),
                        classifies ? CLASSIFIER : null),
                language(config, hidden, words));
    }

    private static LanguagePlan language(ConfigReader config, int hidden, int words) throws FileFormatException {
        int end = config.possibleToken("eos_token_id", words > 1 ? 1 : null, words);
        int start = config.token("decoder_start_token_id", null, words);
        if (start < 0) {
            throw config.wrong("decoder_start_token_id", null, "a token's id; in T5 that of pad_token_id");
        }
        boolean tied = config.flag("tie_word_embeddings", true);
        return new LanguagePlan(
                "lm_head",
                tied,
                null,
                start,
                config.possibleToken("bos_token_id", null, words),
                end < 0 ? List.of() : List.of(end),
                -1,
                tied ? 1 / Math.sqrt(hidden) : 1,
                0);
    }

    private static AttentionNames attention(int place, String name) {
        String at = "layer." + place + "." + name;
        return new AttentionNames(
                at, at, null, at + ".q", at + ".k", at + ".v", at + ".o", "layer." + place + ".layer_norm");
    }

    private static StackPlan stack(ConfigReader config, String name, AttentionNames cross, int layers)
            throws FileFormatException {
        int heads = config.integer("num_heads", 8, 1);
        double dropout = config.number("dropout_rate", 0.1, 0, 1);
        String forward = config.text("feed_forward_proj", "relu");
        boolean gated = forward.startsWith("gated-");
        String at = "layer." + (cross == null ? 1 : 2) + ".";
        String block = at + "DenseReluDense";
        StackStyle style = new StackStyle(
                NormKind.RMS, false, false, false, 0, 0, List.of(), null, distances(config, name), dropout);
        return new StackPlan(
                new EmbeddingPlan(name + ".embed_tokens", WORDS, 1, null, 0, null, 0, null, dropout),
                name + ".block.%d",
                layers,
                heads,
                heads,
                config.integer("d_kv", 64, 1),
                config.integer("d_ff", 2048, 1),
                activation(config, forward),
                attention(0, "SelfAttention"),
                cross,
                new MlpNames(
                        block,
                        gated ? block + ".wi_0" : null,
                        block + (gated ? ".wi_1" : ".wi"),
                        block + ".wo",
                        at + "layer_norm",
                        null),
                true,
                name + ".final_layer_norm",
                false,
                false,
                false,
                config.number("layer_norm_epsilon", 1e-6, 0, 1),
                dropout,
                dropout,
                dropout,
                style);
    }

    private static DistancePlan distances(ConfigReader config, String name) throws FileFormatException {
        int buckets = config.integer("relative_attention_num_buckets", 32, 4);
        int longest = config.integer("relative_attention_max_distance", 128, buckets / 2 + 1);
        return new DistancePlan(name + ".block.0.layer.0.SelfAttention.relative_attention_bias", buckets, longest);
    }

    /** The function behind {@code gated-}; gated-gelu means gelu_new. */
    private static String activation(ConfigReader config, String forward) throws FileFormatException {
        boolean gated = forward.startsWith("gated-");
        String name = gated ? forward.substring("gated-".length()) : forward;
        if (!ConfigReader.ACTIVATIONS.contains(name)) {
            throw config.wrong(
                    "feed_forward_proj",
                    forward,
                    "one of " + String.join(", ", ConfigReader.ACTIVATIONS) + ", or one of them behind gated-");
        }
        config.only("is_gated_act", gated);
        // where the file has both, transformers takes this one
        return config.choice(
                "dense_act_fn", forward.equals("gated-gelu") ? "gelu_new" : name, ConfigReader.ACTIVATIONS);
    }

    private static void refuseUnsupported(ConfigReader config) throws FileFormatException {
        config.only("is_encoder_decoder", true);
        config.only("is_decoder", false);
        config.only("tie_encoder_decoder", false);
        config.only("add_cross_attention", false);
        config.only("chunk_size_feed_forward", 0);
        config.only("pruned_heads", Map.of());
        config.only("quantization_config", "absent");
        config.only("problem_type", "single_label_classification");
    }
}
