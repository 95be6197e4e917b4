package dev.graft.transformer.model.architecture;

import dev.graft.autograd.AttentionShape;
import dev.graft.peft.spi.ModelShape;
import dev.graft.peft.spi.Side;
import dev.graft.peft.spi.Site;
import dev.graft.peft.spi.Slot;
import dev.graft.transformer.model.weights.FrozenWeight;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How BERT (Devlin et al. 2019) names its parts: post-norm layers over word, position and token-type embeddings.
 */
public final class Bert {
    private static final String ROOT = "bert.";

    private final Sizes sizes;
    private final WeightSource source;
    private final String prefix;
    private final List<Site> sites = new ArrayList<>();
    private final Map<String, FrozenWeight> weights = new LinkedHashMap<>();

    private Bert(Sizes sizes, WeightSource source) {
        this.sizes = sizes;
        this.source = source;
        this.prefix = source.has(ROOT + "embeddings.word_embeddings.weight") ? ROOT : "";
    }

    /** Puts the model together; names may have the prefix {@code bert.} or not. */
    public static Transformer build(Sizes sizes, WeightSource source) {
        return new Bert(sizes, source).build();
    }

    private Transformer build() {
        Embedding embedding = embedding();
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < sizes.layers(); i++) {
            layers.add(layer(i));
        }
        int hidden = sizes.hiddenSize();
        boolean pooled = source.has(prefix + "pooler.dense.weight");
        ModelSite pooler = pooled ? linear(Slot.POOLER, -1, "pooler.dense", hidden, hidden) : null;
        FrozenWeight classifier = null;
        FrozenWeight classifierBias = null;
        if (source.has("classifier.weight")) {
            classifier = source.get("classifier.weight", source.shape("classifier.weight")[0], hidden);
            classifierBias = source.get("classifier.bias", classifier.shape()[0]);
        }
        long count = weights.values().stream()
                .mapToLong(weight -> weight.tensor().length())
                .sum();
        ModelShape shape = new ModelShape(
                "bert",
                hidden,
                sizes.layers(),
                sizes.attentionHeads(),
                sizes.attentionHeads(),
                sizes.headSize(),
                sizes.vocabularySize(),
                sizes.maxPositions(),
                count,
                sites);
        return new Transformer(
                shape,
                embedding,
                layers,
                pooler,
                classifier,
                classifierBias,
                sizes.classifierDropout(),
                List.copyOf(weights.values()));
    }

    private Embedding embedding() {
        int hidden = sizes.hiddenSize();
        String at = "embeddings.";
        FrozenWeight words = weight(at + "word_embeddings.weight", sizes.vocabularySize(), hidden);
        ModelSite site = new ModelSite(
                ROOT + at + "word_embeddings", Slot.EMBEDDING, -1, Side.ENCODER, hidden, hidden, words, null);
        sites.add(site);
        return new Embedding(
                site,
                weight(at + "position_embeddings.weight", sizes.maxPositions(), hidden),
                sizes.tokenTypes() == 0
                        ? null
                        : weight(at + "token_type_embeddings.weight", sizes.tokenTypes(), hidden),
                norm(-1, at + "LayerNorm"),
                sizes.epsilon(),
                sizes.hiddenDropout());
    }

    private Layer layer(int i) {
        String at = "encoder.layer." + i + ".";
        int hidden = sizes.hiddenSize();
        int inner = sizes.intermediateSize();
        AttentionShape shape = new AttentionShape(
                sizes.attentionHeads(),
                sizes.attentionHeads(),
                sizes.headSize(),
                1 / Math.sqrt(sizes.headSize()),
                false);
        AttentionBlock attention = new AttentionBlock(
                place(Slot.ATTENTION_BLOCK, i, at + "attention"),
                linear(Slot.QUERY, i, at + "attention.self.query", hidden, hidden),
                linear(Slot.KEY, i, at + "attention.self.key", hidden, hidden),
                linear(Slot.VALUE, i, at + "attention.self.value", hidden, hidden),
                place(Slot.CACHE, i, at + "attention.self"),
                linear(Slot.ATTENTION_OUT, i, at + "attention.output.dense", hidden, hidden),
                shape,
                sizes.attentionDropout());
        ModelSite attentionNorm = norm(i, at + "attention.output.LayerNorm");
        MlpBlock mlp = new MlpBlock(
                place(Slot.MLP_BLOCK, i, at + "output"),
                linear(Slot.MLP_UP, i, at + "intermediate.dense", hidden, inner),
                linear(Slot.MLP_DOWN, i, at + "output.dense", inner, hidden),
                sizes.activation());
        ModelSite mlpNorm = norm(i, at + "output.LayerNorm");
        ModelSite end = place(Slot.LAYER, i, "encoder.layer." + i);
        return new Layer(attention, attentionNorm, mlp, mlpNorm, end, sizes.epsilon(), sizes.hiddenDropout());
    }

    private ModelSite linear(Slot slot, int layer, String path, int in, int out) {
        ModelSite site = new ModelSite(
                ROOT + path,
                slot,
                layer,
                Side.ENCODER,
                in,
                out,
                weight(path + ".weight", out, in),
                weight(path + ".bias", out));
        sites.add(site);
        return site;
    }

    private ModelSite norm(int layer, String path) {
        int hidden = sizes.hiddenSize();
        ModelSite site = new ModelSite(
                ROOT + path,
                Slot.NORM,
                layer,
                Side.ENCODER,
                hidden,
                hidden,
                weight(path + ".weight", hidden),
                weight(path + ".bias", hidden));
        sites.add(site);
        return site;
    }

    private ModelSite place(Slot slot, int layer, String path) {
        int hidden = sizes.hiddenSize();
        ModelSite site = new ModelSite(ROOT + path, slot, layer, Side.ENCODER, hidden, hidden, null, null);
        sites.add(site);
        return site;
    }

    private FrozenWeight weight(String path, long... shape) {
        return weights.computeIfAbsent(path, name -> source.get(prefix + name, shape));
    }
}
