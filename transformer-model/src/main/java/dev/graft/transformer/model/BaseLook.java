package dev.graft.transformer.model;

import dev.graft.autograd.Compute;
import dev.graft.autograd.CounterRandom;
import dev.graft.autograd.Tape;
import dev.graft.autograd.Var;
import dev.graft.autograd.kernel.MathMode;
import dev.graft.peft.spi.Context;
import dev.graft.peft.spi.Hook;
import dev.graft.peft.spi.Site;
import dev.graft.peft.spi.Slot;
import dev.graft.peft.spi.Start;
import dev.graft.transformer.model.TextTokenizer.Encoded;
import dev.graft.transformer.model.architecture.AttentionBlock;
import dev.graft.transformer.model.architecture.Embedding;
import dev.graft.transformer.model.architecture.Layer;
import dev.graft.transformer.model.architecture.ModelSite;
import dev.graft.transformer.model.overlay.Overlay;
import dev.graft.transformer.model.overlay.Route;
import dev.graft.transformer.model.overlay.TokenRow;
import dev.graft.transformer.model.overlay.Training;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** What a tensor's first values may be taken from: the base's embeddings and activations of a text. */
record BaseLook(BaseModel base, Site site) implements Start {
    @Override
    public long[] shape() {
        throw new IllegalStateException("the shape is the tensor's");
    }

    @Override
    public CounterRandom random() {
        throw new IllegalStateException("the random numbers are the tensor's");
    }

    @Override
    public float[] embeddings(String text) {
        return embeddings(encoded(text).ids());
    }

    @Override
    public float[] embeddings(int... tokens) {
        Embedding embedding = base.transformer().first().embedding();
        int width = embedding.words().outputSize();
        float[] rows = new float[tokens.length * width];
        for (int i = 0; i < tokens.length; i++) {
            float[] row = embedding.words().frozenWeight().row(tokens[i]);
            for (int j = 0; j < width; j++) {
                rows[i * width + j] = (float) (row[j] * embedding.scale());
            }
        }
        return rows;
    }

    @Override
    public float[] activations(String text) {
        return activations(site, text);
    }

    @Override
    public float[] activations(Site at, String text) {
        if (at.slot() != Slot.CACHE) {
            return seen(Map.of(at, false), text).get(at).get(0);
        }
        AttentionBlock attention = attention(at);
        ModelSite keys = attention.key();
        ModelSite values = attention.value();
        Map<Site, List<float[]>> seen = seen(Map.of(keys, true, values, true), text);
        int run = run(attention);
        float[] key = seen.get(keys).get(run);
        float[] value = seen.get(values).get(run);
        int width = keys.outputSize();
        float[] both = new float[2 * key.length];
        for (int from = 0, to = 0; to < both.length; from += width, to += 2 * width) {
            System.arraycopy(key, from, both, to, width);
            System.arraycopy(value, from, both, to + width, width);
        }
        return both;
    }

    private Stream<AttentionBlock> attentions() {
        return Stream.of(base.transformer().encoder(), base.transformer().decoder())
                .filter(Objects::nonNull)
                .flatMap(stack -> stack.layers().stream())
                .flatMap(layer -> Stream.of(layer.attention(), layer.cross()))
                .filter(Objects::nonNull)
                .map(Layer.Sub::block);
    }

    private AttentionBlock attention(Site cache) {
        return attentions()
                .filter(block -> block.cache().equals(cache))
                .findFirst()
                .orElseThrow();
    }

    /** How often the same projections run before, in models that share layers. */
    private int run(AttentionBlock attention) {
        return (int) attentions()
                .takeWhile(block -> block != attention)
                .filter(block -> block.key().equals(attention.key()))
                .count();
    }

    private Encoded encoded(String text) {
        return base.tokenizer().encode(text, null, base.config().maxPositions());
    }

    /** What passes some sites when the base reads a text; of a site with true, what leaves it. */
    private Map<Site, List<float[]>> seen(Map<Site, Boolean> sites, String text) {
        Encoded encoded = encoded(text);
        Map<Site, List<float[]>> seen = new HashMap<>();
        try (Compute compute = Compute.open(MathMode.FP32, 1);
                Tape tape = new Tape(compute, false);
                Overlay watching = new Overlay(
                        (place, parameters) ->
                                sites.containsKey(place) ? watch(tape, place, sites.get(place), seen) : Hook.NONE,
                        base.shape().sites())) {
            List<TokenRow> rows = List.of(new TokenRow(encoded.ids(), encoded.typeIds()));
            new ForwardPass(base.transformer(), tape, rows, List.of(new Route(watching, 0, 1)), Training.NONE).hidden();
        }
        for (Site site : sites.keySet()) {
            if (!seen.containsKey(site)) {
                throw new IllegalArgumentException("nothing passes site " + site.path() + " when a text is read");
            }
        }
        return seen;
    }

    /** Each run of a site; a table of distances that passes it too comes after the text. */
    private static Hook watch(Tape tape, Site site, boolean leaving, Map<Site, List<float[]>> seen) {
        return new Hook() {
            @Override
            public Var after(Context context, Var x, Var y) {
                Var value = leaving ? y : x;
                seen.computeIfAbsent(site, first -> new ArrayList<>())
                        .add(tape.value(value)
                                .rows(0, context.sequences().tokens())
                                .toArray());
                return y;
            }
        };
    }
}
