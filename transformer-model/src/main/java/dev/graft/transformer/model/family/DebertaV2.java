package dev.graft.transformer.model.family;

import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.transformer.model.architecture.AttentionNames;
import dev.graft.transformer.model.architecture.Blueprint;
import dev.graft.transformer.model.architecture.EmbeddingPlan;
import dev.graft.transformer.model.architecture.HeadPlan;
import dev.graft.transformer.model.architecture.LayerLayout;
import dev.graft.transformer.model.architecture.Pooling;
import dev.graft.transformer.model.architecture.RelativePlan;
import dev.graft.transformer.model.architecture.StackPlan;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * {@code "model_type": "deberta-v2"}, the versions 2 and 3 (He et al. 2021, arXiv 2006.03654 and 2111.09543): a post-norm
 * encoder whose scores know the distance of query and key; defaults are those of Hugging Face's DebertaV2Config.
 */
final class DebertaV2 implements Family {
    private static final AttentionNames ATTENTION = new AttentionNames(
            "attention",
            "attention.self",
            null,
            "attention.self.query_proj",
            "attention.self.key_proj",
            "attention.self.value_proj",
            "attention.output.dense",
            "attention.output.LayerNorm");
    private static final List<String> POOLER_ACTIVATIONS =
            List.of("gelu", "gelu_new", "gelu_pytorch_tanh", "gelu_fast", "relu", "silu", "swish", "tanh", "sigmoid");

    @Override
    public Blueprint read(ConfigReader config) throws FileFormatException {
        BertEncoder.refuseUnsupported(config);
        int hidden = config.integer("hidden_size", 1536, 1);
        config.only("embedding_size", hidden);
        config.only("pooler_hidden_size", hidden);
        config.only("conv_kernel_size", 0);
        double dropout = BertEncoder.dropout(config);
        int positions = config.integer("max_position_embeddings", 512, 1);
        HeadPlan.Pooler pooler = new HeadPlan.Pooler(
                "pooler.dense",
                false,
                config.choice("pooler_hidden_act", "gelu", POOLER_ACTIVATIONS),
                config.number("pooler_dropout", 0.0, 0, 1));
        return new Blueprint(
                "deberta-v2",
                "deberta.",
                config.integer("vocab_size", 128100, 1),
                hidden,
                positions,
                config.integer("pad_token_id", 0, 0),
                encoder(config, hidden, dropout).with(new LayerLayout(true, true, null, relative(config, positions))),
                null,
                new HeadPlan(
                                Pooling.POOLER,
                                pooler,
                                "classifier",
                                null,
                                "tanh",
                                true,
                                "classifier",
                                true,
                                config.number("cls_dropout", dropout, 0, 1),
                                "DebertaV2ForSequenceClassification")
                        .with(config.tokens("DebertaV2", dropout)),
                null);
    }

    private static StackPlan encoder(ConfigReader config, int hidden, double dropout) throws FileFormatException {
        int heads = config.divisor("num_attention_heads", 24, "hidden_size", hidden);
        config.only("attention_head_size", hidden / heads);
        int types = config.integer("type_vocab_size", 0, 0);
        EmbeddingPlan embedding = new EmbeddingPlan(
                "embeddings.word_embeddings",
                List.of("embeddings.word_embeddings.weight"),
                1,
                config.flag("position_biased_input", true) ? "embeddings.position_embeddings" : null,
                0,
                types == 0 ? null : "embeddings.token_type_embeddings",
                types,
                "embeddings.LayerNorm",
                dropout);
        return new StackPlan(
                embedding,
                "encoder.layer.%d",
                config.integer("num_hidden_layers", 24, 1),
                heads,
                heads,
                hidden / heads,
                config.integer("intermediate_size", 6144, 1),
                config.choice("hidden_act", "gelu", ConfigReader.ACTIVATIONS),
                ATTENTION,
                null,
                BertEncoder.MLP,
                false,
                null,
                false,
                false,
                true,
                config.number("layer_norm_eps", 1e-7, 0, 1),
                dropout,
                config.number("attention_probs_dropout_prob", 0.1, 0, 1),
                0);
    }

    /** Null where no kind of distance counts. */
    private static RelativePlan relative(ConfigReader config, int positions) throws FileFormatException {
        List<String> kinds = config.texts("pos_att_type", "|").stream()
                .map(kind -> kind.strip().toLowerCase(Locale.ROOT))
                .toList();
        for (String kind : kinds) {
            if (!kind.equals("c2p") && !kind.equals("p2c")) {
                throw config.wrong("pos_att_type", kind, "c2p, p2c, or both");
            }
        }
        if (!config.flag("relative_attention", false)) {
            if (!kinds.isEmpty()) { // then the peer's scores are divided by more, but no distance counts
                throw config.wrong("relative_attention", false, "true with pos_att_type " + kinds);
            }
            return null;
        }
        if (kinds.isEmpty()) {
            return null;
        }
        int given = config.integer("max_relative_positions", -1, -1);
        int longest = given < 1 ? positions : given;
        int buckets = Math.max(0, config.integer("position_buckets", -1, -1));
        if (buckets > 0 && (buckets < 4 || buckets / 2 >= longest - 1)) {
            throw config.wrong(
                    "position_buckets", buckets, "-1, or from 4 and below twice the longest distance, " + longest);
        }
        boolean shared = config.flag("share_att_key", false);
        boolean normed = Arrays.stream(config.text("norm_rel_ebd", "none").split("\\|"))
                .anyMatch(part -> part.strip().equalsIgnoreCase("layer_norm"));
        String self = shared ? "attention.self." : "attention.self.pos_";
        return new RelativePlan(
                "encoder.rel_embeddings",
                normed ? "encoder.LayerNorm" : null,
                buckets > 0 ? buckets : longest,
                buckets,
                longest,
                kinds.contains("c2p") ? self + "key_proj" : null,
                kinds.contains("p2c") ? self + "query_proj" : null,
                shared);
    }
}
