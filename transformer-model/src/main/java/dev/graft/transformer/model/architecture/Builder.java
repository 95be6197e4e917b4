package dev.graft.transformer.model.architecture;

import dev.graft.autograd.AttentionShape;
import dev.graft.autograd.memory.Tensor;
import dev.graft.peft.spi.ModelShape;
import dev.graft.peft.spi.Side;
import dev.graft.peft.spi.Slot;
import dev.graft.transformer.model.weights.FrozenWeight;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Builds the one Transformer from a blueprint of any family and the weights of a checkpoint. */
public final class Builder {
    private final Blueprint plan;
    private final WeightSource source;
    private final String prefix;
    private final SiteBuilder sites;

    private Builder(Blueprint plan, WeightSource source) {
        this.plan = plan;
        this.source = source;
        String table = table(plan.root());
        this.prefix = table == null ? "" : plan.root();
        this.sites = new SiteBuilder(source, plan.root(), prefix, plan.hiddenSize());
    }

    /**
     * Puts the model together; names in the checkpoint may have the family's root in front or not.
     *
     * @throws IllegalArgumentException if a weight is missing or has another shape
     */
    public static Transformer build(Blueprint plan, WeightSource source) {
        return new Builder(plan, source).build();
    }

    /** Where the table of words is under a prefix, or null. */
    private String table(String under) {
        return plan.first().embedding().tables().stream()
                .map(name -> under + name)
                .filter(source::has)
                .findFirst()
                .orElse(null);
    }

    private Transformer build() {
        Stack encoder = plan.encoder() == null ? null : stack(plan.encoder(), Side.ENCODER);
        Stack decoder = plan.decoder() == null ? null : stack(plan.decoder(), Side.DECODER);
        ClassifierHead head = head();
        List<FrozenWeight> buffers = new ArrayList<>();
        LanguageHead language = predicts() ? language(encoder, decoder, buffers) : null;
        List<FrozenWeight> weights = sites.weights();
        return new Transformer(
                shape(weights),
                plan.padToken(),
                encoder,
                decoder,
                head,
                tokenHead(),
                language,
                plan.language(),
                weights,
                buffers);
    }

    /** A checkpoint with a classifier may have no output projection: it classifies, and predicts no tokens. */
    private boolean predicts() {
        LanguagePlan language = plan.language();
        boolean own = language != null && !language.tied();
        return language != null
                && !(own
                        && !source.has(language.weight())
                        && source.has(plan.head().out() + ".weight"));
    }

    private ModelShape shape(List<FrozenWeight> weights) {
        StackPlan last = plan.last();
        return new ModelShape(
                plan.modelType(),
                plan.hiddenSize(),
                Math.max(plan.first().layers(), last.layers()),
                last.heads(),
                last.keyValueHeads(),
                last.headSize(),
                plan.vocabularySize(),
                plan.maxPositions(),
                weights.stream().mapToLong(weight -> weight.tensor().length()).sum(),
                sites.sites(),
                Stream.of(plan.head().dense(), plan.head().out())
                        .filter(Objects::nonNull)
                        .toList());
    }

    private Stack stack(StackPlan stack, Side side) {
        sites.in(side, stack.transposed()).norms(stack.style().norms());
        Embedding embedding = embedding(stack);
        RelativeTable relative = relative(stack, side);
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < stack.layers(); i++) {
            if (stack.layout().sharing() == null) {
                layers.add(layer(stack, side, i, String.format(stack.layer(), i), relative));
            } else {
                sharedLayers(stack, side, i, layers);
            }
        }
        sites.in(side, stack.transposed());
        ModelSite norm = stack.norm() == null ? null : sites.norm(-1, stack.norm());
        return new Stack(
                embedding,
                relative,
                layers,
                norm,
                stack.epsilon(),
                stack.style().endDropout());
    }

    /** The layers of a group, made once and run for each layer of the group, with rows in front of keys of its own. */
    private void sharedLayers(StackPlan stack, Side side, int i, List<Layer> layers) {
        LayerLayout.Sharing sharing = stack.layout().sharing();
        int group = sharing.group(i, stack.layers());
        int first = 0;
        while (sharing.group(first, stack.layers()) < group) {
            first++;
        }
        for (int j = 0; j < sharing.inner(); j++) {
            int number = layers.size();
            String path = String.format(stack.layer(), group, j);
            if (first == i) {
                layers.add(layer(stack, side, number, path, null));
            } else {
                ModelSite cache = sites.in(side, stack.transposed())
                        .place(Slot.CACHE, number, path + "." + stack.self().cache() + ".run." + (i - first));
                layers.add(layers.get(first * sharing.inner() + j).again(i - first, cache));
            }
        }
    }

    private RelativeTable relative(StackPlan stack, Side side) {
        RelativePlan relative = stack.layout().relative();
        return relative == null
                ? null
                : new RelativeTable(
                        side,
                        sites.weight(relative.table() + ".weight", 2L * relative.span(), plan.hiddenSize()),
                        relative.norm() == null ? null : sites.norm(-1, relative.norm()),
                        stack.epsilon(),
                        stack.dropout(),
                        relative);
    }

    private Embedding embedding(StackPlan stack) {
        EmbeddingPlan names = stack.embedding();
        int width = names.width(plan.hiddenSize());
        String table = table(prefix);
        // a checkpoint without a table fails here, under the name that it should have
        FrozenWeight words =
                sites.outside(table == null ? prefix + names.tables().get(0) : table, plan.vocabularySize(), width);
        int rows = names.positionOffset() + plan.maxPositions();
        return new Embedding(
                sites.at(Slot.WORDS, plan.root() + names.words(), width, width, words),
                sites.at(Slot.EMBEDDING, plan.root() + names.words(), width, width, words),
                names.scale(),
                names.positions() == null ? null : sites.weight(names.positions() + ".weight", rows, width),
                names.positionOffset(),
                names.unplaced(),
                plan.maxPositions(),
                names.types() == null ? null : sites.weight(names.types() + ".weight", names.typeCount(), width),
                names.norm() == null ? null : sites.norm(-1, names.norm(), width),
                stack.epsilon(),
                Math.max(0, names.dropout()),
                names.wholeScale(),
                names.projection() == null
                        ? null
                        : sites.linear(
                                Slot.EMBEDDING_PROJECTION,
                                -1,
                                names.projection().module(),
                                width,
                                plan.hiddenSize()));
    }

    private Layer layer(StackPlan stack, Side side, int i, String path, RelativeTable relative) {
        sites.in(side, stack.transposed());
        Layer.Sub<AttentionBlock> self = attention(stack, stack.self(), path + ".", i, side == Side.DECODER, relative);
        Layer.Sub<AttentionBlock> cross = null;
        if (stack.cross() != null) {
            sites.in(Side.CROSS, stack.transposed());
            cross = attention(stack, stack.cross(), path + ".", i, false, null);
            sites.in(side, stack.transposed());
        }
        Layer.Sub<MlpBlock> mlp = mlp(stack, path + ".", i);
        ModelSite end = sites.place(Slot.LAYER, i, path);
        return new Layer(self, cross, mlp, end, stack.preNorm(), stack.epsilon(), 0);
    }

    private Layer.Sub<AttentionBlock> attention(
            StackPlan stack, AttentionNames names, String at, int i, boolean causal, RelativeTable relative) {
        ModelSite before = stack.preNorm() ? sites.norm(i, at + names.norm()) : null;
        int hidden = plan.hiddenSize();
        int width = stack.heads() * stack.headSize();
        int narrow = stack.keyValueHeads() * stack.headSize();
        StackStyle style = stack.style();
        int terms = relative == null ? 1 : relative.terms();
        ModelSite block = sites.place(Slot.ATTENTION_BLOCK, i, at + names.block());
        boolean fused = names.fused() != null;
        ModelSite whole =
                fused ? sites.linear(Slot.QUERY_KEY_VALUE, i, at + names.fused(), hidden, width + 2 * narrow) : null;
        AttentionBlock attention = new AttentionBlock(
                block,
                whole,
                fused
                        ? sites.part(Slot.QUERY, whole, names.query(), 0, width)
                        : sites.linear(Slot.QUERY, i, at + names.query(), hidden, width, style.inputBias()),
                fused
                        ? sites.part(Slot.KEY, whole, names.key(), width, width + narrow)
                        : sites.linear(Slot.KEY, i, at + names.key(), hidden, narrow, style.inputBias()),
                fused
                        ? sites.part(Slot.VALUE, whole, names.value(), width + narrow, width + 2 * narrow)
                        : sites.linear(Slot.VALUE, i, at + names.value(), hidden, narrow, style.inputBias()),
                relative == null ? null : relative.sites(sites, at, i, hidden, width),
                sites.place(Slot.CACHE, i, at + names.cache()),
                sites.linear(Slot.ATTENTION_OUT, i, at + names.out(), width, hidden, style.outBias()),
                headNorm(stack, i, at, names.queryNorm()),
                headNorm(stack, i, at, names.keyNorm()),
                stack.epsilon(),
                names == stack.self() ? style.rotary() : null,
                names == stack.self() ? distances(stack, causal) : null,
                shape(stack, i, causal, terms),
                stack.attentionDropout());
        double dropout = stack.layout().dropsAttention() ? Math.max(0, stack.dropout()) : 0;
        return new Layer.Sub<>(
                attention,
                before != null ? before : sites.norm(i, at + names.norm()),
                dropout,
                names.after() == null ? null : sites.norm(i, at + names.after()));
    }

    private DistanceTable distances(StackPlan stack, boolean causal) {
        DistancePlan distances = stack.style().distances();
        return distances == null
                ? null
                : new DistanceTable(
                        sites.weight(distances.table() + ".weight", distances.buckets(), stack.heads()),
                        distances,
                        !causal);
    }

    private ModelSite headNorm(StackPlan stack, int i, String at, String name) {
        return name == null ? null : sites.norm(i, at + name, stack.headSize());
    }

    private static AttentionShape shape(StackPlan stack, int i, boolean causal, int terms) {
        StackStyle style = stack.style();
        double usual = stack.scaled() ? 1 / Math.sqrt((double) terms * stack.headSize()) : 1;
        double scale = style.scale() == 0 ? usual : style.scale();
        return new AttentionShape(
                stack.heads(),
                stack.keyValueHeads(),
                stack.headSize(),
                stack.inverseLayerScale() ? scale / (i + 1) : scale,
                causal,
                causal ? style.window(i) : 0,
                style.cap());
    }

    private Layer.Sub<MlpBlock> mlp(StackPlan stack, String at, int i) {
        MlpNames names = stack.mlp();
        int hidden = plan.hiddenSize();
        ModelSite before = stack.preNorm() ? sites.norm(i, at + names.norm()) : null;
        boolean biased = stack.style().mlpBias();
        MlpBlock mlp = new MlpBlock(
                sites.place(Slot.MLP_BLOCK, i, at + names.block()),
                names.gate() == null
                        ? null
                        : sites.linear(Slot.MLP_GATE, i, at + names.gate(), hidden, stack.inner(), biased),
                sites.linear(Slot.MLP_UP, i, at + names.up(), hidden, stack.inner(), biased),
                sites.linear(Slot.MLP_DOWN, i, at + names.down(), stack.inner(), hidden, biased),
                stack.activation(),
                stack.activationDropout());
        double dropout = stack.layout().dropsMlp() ? Math.max(0, stack.dropout()) : 0;
        return new Layer.Sub<>(
                mlp,
                before != null ? before : sites.norm(i, at + names.norm()),
                dropout,
                names.after() == null ? null : sites.norm(i, at + names.after()));
    }

    private ClassifierHead head() {
        HeadPlan head = plan.head();
        int hidden = plan.hiddenSize();
        ModelSite pooler = head.pooler() == null ? null : pooler(head.pooler(), hidden);
        Pooling pooling = head.pooling() == Pooling.POOLER && pooler == null ? Pooling.MEAN : head.pooling();
        String out = head.out() + ".weight";
        boolean ofTokens = head.tokens() != null && head.tokens().own();
        if (ofTokens || !source.has(out)) {
            return new ClassifierHead(head, pooling, pooler, null, null, null, null);
        }
        FrozenWeight weight = source.get(out, source.shape(out)[0], hidden);
        FrozenWeight bias = head.bias() ? source.get(head.out() + ".bias", weight.shape()[0]) : null;
        FrozenWeight dense = head.dense() == null ? null : source.get(head.dense() + ".weight", hidden, hidden);
        FrozenWeight denseBias = head.dense() == null ? null : source.get(head.dense() + ".bias", hidden);
        return new ClassifierHead(head, pooling, pooler, dense, denseBias, weight, bias);
    }

    private TokenHead tokenHead() {
        HeadPlan.Tokens tokens = plan.head().tokens();
        String weight = plan.head().module() + ".weight";
        if (tokens == null || !tokens.own() || !source.has(weight)) {
            return tokens == null ? null : new TokenHead(tokens, null, null);
        }
        long labels = source.shape(weight)[0];
        return new TokenHead(
                tokens,
                source.get(weight, labels, plan.hiddenSize()),
                source.get(plan.head().module() + ".bias", labels));
    }

    /** Where the checkpoint has none, there is none. */
    private ModelSite pooler(HeadPlan.Pooler pooler, int hidden) {
        String module = pooler.module();
        if (!source.has((pooler.inBody() ? prefix : "") + module + ".weight")) {
            return null;
        }
        sites.in(Side.ENCODER, false);
        return pooler.inBody()
                ? sites.linear(Slot.POOLER, -1, module, hidden, hidden)
                : sites.linearOutside(Slot.POOLER, module, hidden, hidden);
    }

    /** Of an untied model each stack could have a table of its own, and there is one here. */
    private void requireOneTable(FrozenWeight words) {
        for (String name : plan.first().embedding().tables()) {
            if (source.has(prefix + name) && !words.name().equals(prefix + name)) {
                Tensor table = source.get(prefix + name, words.shape()).tensor();
                if (!floats(table).equals(floats(words.tensor()))) {
                    throw new IllegalArgumentException("weights " + words.name() + " and " + prefix + name
                            + " differ; allowed: one table of words for all stacks");
                }
            }
        }
    }

    private static FloatBuffer floats(Tensor tensor) {
        return tensor.buffer().slice(tensor.offset(), Math.toIntExact(tensor.length()));
    }

    private LanguageHead language(Stack encoder, Stack decoder, List<FrozenWeight> buffers) {
        LanguagePlan language = plan.language();
        int hidden = plan.hiddenSize();
        int vocabulary = plan.vocabularySize();
        FrozenWeight words =
                (decoder == null ? encoder : decoder).embedding().words().frozenWeight();
        if (!language.tied()) {
            requireOneTable(words);
        }
        FrozenWeight weight = language.tied() ? words : sites.outside(language.weight(), vocabulary, hidden);
        ModelSite site = sites.in(plan.decoder() == null ? Side.ENCODER : Side.DECODER, false)
                .at(Slot.HEAD, language.head(), hidden, vocabulary, weight);
        FrozenWeight bias = null;
        if (language.bias() != null && source.has(language.bias())) {
            bias = source.get(language.bias(), 1, vocabulary);
            buffers.add(bias);
        }
        return new LanguageHead(language, site, bias);
    }
}
