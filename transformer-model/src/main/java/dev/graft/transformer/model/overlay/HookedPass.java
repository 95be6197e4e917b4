package dev.graft.transformer.model.overlay;

import dev.graft.autograd.Attention;
import dev.graft.autograd.AttentionBias;
import dev.graft.autograd.AttentionPrefix;
import dev.graft.autograd.AttentionShape;
import dev.graft.autograd.CounterRandom;
import dev.graft.autograd.Rotation;
import dev.graft.autograd.Scope;
import dev.graft.autograd.Sequences;
import dev.graft.autograd.Tape;
import dev.graft.autograd.Var;
import dev.graft.peft.spi.Context;
import dev.graft.peft.spi.Side;
import dev.graft.transformer.model.architecture.AttentionBlock;
import dev.graft.transformer.model.architecture.DistanceTable;
import dev.graft.transformer.model.architecture.MlpBlock;
import dev.graft.transformer.model.architecture.ModelSite;
import dev.graft.transformer.model.architecture.Pass;
import dev.graft.transformer.model.architecture.RelativeTable;
import dev.graft.transformer.model.architecture.RotaryPlan;
import dev.graft.transformer.model.weights.FrozenWeight;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * A forward pass with adapters: the base's operations, each computed once for all rows, with hooks where there are any.
 * Belongs to the tape's thread.
 */
public final class HookedPass implements Pass {
    private final Tape tape;
    private final Streams streams;
    private final RoutedHooks hooks;
    private final CounterRandom random;
    private final KeyValueCache cache;
    private final Map<FrozenWeight, Var> weights = new IdentityHashMap<>();
    private final DistanceBiases biases;
    private final Map<RotaryPlan, Rotation> rotations = new IdentityHashMap<>();
    private Distances distances;
    private int run;

    /**
     * Prepares a pass.
     *
     * @param sequences what enters, ordered by route
     * @param routes cover all sequences, in order
     * @param training what training adds
     */
    public HookedPass(Tape tape, List<TokenRow> sequences, List<Route> routes, Training training) {
        this(tape, Streams.of(sequences), routes, training, null);
    }

    /** Prepares a pass that fills a cache, or reads and adds to it. */
    public HookedPass(Tape tape, Streams streams, List<Route> routes, KeyValueCache cache) {
        this(tape, streams, routes, Training.NONE, cache);
    }

    private HookedPass(Tape tape, Streams streams, List<Route> routes, Training training, KeyValueCache cache) {
        this.tape = tape;
        this.random = training.random();
        this.streams = streams;
        this.cache = cache;
        this.hooks = new RoutedHooks(tape, streams, routes, training);
        this.biases = new DistanceBiases(tape, this::weight);
    }

    /** What a route's hooks see, for the method's penalty. */
    public Context context(int route) {
        return hooks.context(route);
    }

    /** A parameter of a route's adapter, on the tape. */
    public Var use(int route, AdapterParameter parameter) {
        return hooks.context(route).use(parameter);
    }

    @Override
    public Var weight(FrozenWeight weight) {
        Overlay only = hooks.only();
        AdapterParameter copy = only == null ? null : only.replacement(weight);
        if (copy != null) {
            return hooks.context(0).use(copy);
        }
        return weights.computeIfAbsent(weight, w -> tape.constant(w.tensor()));
    }

    private Var optional(FrozenWeight weight) {
        return weight == null ? null : weight(weight);
    }

    @Override
    public Var linear(ModelSite site, Var x) {
        return linear(site, x, streams.at(site).sequences());
    }

    @Override
    public List<Var> fused(ModelSite site, List<ModelSite> parts, Var x) {
        Var y = linear(site, x);
        List<Var> found = new ArrayList<>();
        long from = 0;
        for (ModelSite part : parts) {
            long to = from + part.outputSize();
            found.add(hooked(part) ? part(part, x, y.columns(from, to)) : y.columnView(from, to));
            from = to;
        }
        return found;
    }

    private Var part(ModelSite site, Var x, Var y) {
        Sequences there = streams.at(site).sequences();
        Var input = hooks.before(site, x, there);
        Var own = input == x ? y : y.add(input.subtract(x).linear(weight(site.frozenWeight()), null));
        return hooks.after(site, input, own, there);
    }

    /** A linear site over other rows than the tokens, such as one pooled row a sequence. */
    public Var linear(ModelSite site, Var x, Sequences there) {
        Var weight = weight(site.frozenWeight());
        Var bias = optional(site.frozenBias());
        if (!hooked(site)) {
            return x.linear(weight, bias);
        }
        Var input = hooks.before(site, x, there);
        return hooks.after(site, input, input.linear(weight, bias), there);
    }

    @Override
    public Var linearIntoResidual(ModelSite site, ModelSite block, Var x, BlockInput input) {
        double probability = random == null ? 0 : input.dropout();
        if (!hooked(site) && !hooked(block) && input.after() == null) {
            Var bias = optional(site.frozenBias());
            return x.linear(weight(site.frozenWeight()), bias, input.residual(), probability, key(site.path()));
        }
        Var y = linear(site, x);
        if (input.after() != null) {
            y = norm(input.after(), y, input.epsilon());
        }
        if (!hooked(block)) {
            return y.dropout(probability, key(site.path()), input.residual());
        }
        y = dropout(site.path(), y, input.dropout());
        UnaryOperator<Var> following = value -> frozenNorm(input.following(), value, input.epsilon());
        Var changed = hooks.after(block, input.x(), y, streams.at(block).sequences(), following, input.residual());
        return changed.add(input.residual());
    }

    Var unhooked(ModelSite site, Var x) {
        return x.linear(weight(site.frozenWeight()), optional(site.frozenBias()));
    }

    /** A norm without hooks; the identity where there is none. */
    Var frozenNorm(ModelSite site, Var x, double epsilon) {
        if (site == null) {
            return x;
        }
        Var scale = weight(site.frozenWeight());
        return site.norm().centred()
                ? x.layerNorm(scale, weight(site.frozenBias()), epsilon)
                : x.rmsNorm(scale, site.norm().offset(), epsilon);
    }

    @Override
    public Var feedForward(MlpBlock mlp, BlockInput input) {
        if (mlp.gate() != null) {
            Var gated = linear(mlp.gate(), input.x()).gate(mlp.activation(), linear(mlp.up(), input.x()));
            Var inner = dropout(mlp.up().path(), gated, mlp.dropout());
            return linearIntoResidual(mlp.down(), mlp.block(), inner, input);
        }
        Var[] up = untouched(mlp.up());
        Var[] down = untouched(mlp.down());
        if (up == null || down == null || hooked(mlp.block()) || random != null && mlp.dropout() > 0) {
            Var inner = linear(mlp.up(), input.x()).activation(mlp.activation());
            inner = dropout(mlp.up().path(), inner, mlp.dropout());
            return linearIntoResidual(mlp.down(), mlp.block(), inner, input);
        }
        double dropped = random == null ? 0 : input.dropout();
        CounterRandom mask = key(mlp.down().path());
        return input.x().feedForward(up, down, mlp.activation(), input.residual(), dropped, mask);
    }

    /** Weight and bias of a linear site; null where they are hooked or trained. */
    private Var[] untouched(ModelSite site) {
        Var weight = weight(site.frozenWeight());
        Var bias = optional(site.frozenBias());
        boolean trained = weight.requiresGradient() || bias != null && bias.requiresGradient();
        return trained || hooked(site) ? null : new Var[] {weight, bias};
    }

    @Override
    public Var norm(ModelSite site, Var x, double epsilon) {
        return norm(site, x, epsilon, streams.at(site).sequences());
    }

    private Var norm(ModelSite site, Var x, double epsilon, Sequences there) {
        Var y = frozenNorm(site, x, epsilon);
        return hooked(site) ? hooks.after(site, normalised(x, site, epsilon), y, there) : y;
    }

    /** Rows as a norm's hooks see them, before scale and shift. */
    Var normalised(Var x, ModelSite site, double epsilon) {
        int width = site.outputSize();
        float[] ones = new float[width];
        Arrays.fill(ones, 1f);
        Var scale = tape.constant(ones, width);
        return site.norm().centred()
                ? x.layerNorm(scale, tape.constant(new float[width], width), epsilon)
                : x.rmsNorm(scale, epsilon);
    }

    @Override
    public Var headNorm(ModelSite site, Var x, double epsilon) {
        int heads = Math.toIntExact(x.size(1) / site.outputSize());
        // [tokens, heads * head size] as [tokens * heads, head size]
        Var each = x.reshape(x.size(0) * heads, site.outputSize());
        Sequences there = streams.at(site).sequences().times(heads);
        return norm(site, each, epsilon, there).reshape(x.shape());
    }

    @Override
    public Var rotate(Side side, RotaryPlan rotary, Var x) {
        return rotations
                .computeIfAbsent(
                        rotary,
                        plan -> plan.rotation(positions(side), streams.of(side).sequences()))
                .apply(x);
    }

    /** The scale and shift of a norm with their hooks, on rows that are normalised already. */
    public Var scaleAndShift(ModelSite site, Var normalised) {
        Var y = normalised.multiply(weight(site.frozenWeight()));
        if (site.norm().centred()) {
            y = y.add(weight(site.frozenBias()));
        } else if (site.norm().offset() != 0) {
            y = y.add(normalised.multiply(site.norm().offset()));
        }
        return hooks.after(site, normalised, y, streams.at(site).sequences());
    }

    @Override
    public Var embed(ModelSite table, ModelSite site, double scale) {
        Rows rows = streams.at(site);
        Var found = words(table);
        Var words = scale == 1 ? found : found.multiply(scale);
        if (cache != null && cache.isFilled()) {
            return words; // what stands in front of the text entered before
        }
        int[] first = hooks.rowsInFront(site.side(), rows);
        if (!hooked(site)) {
            rows.moveTo(first);
            return words;
        }
        return rows.lengthen(words, first, (sequence, part) -> hooks.lengthen(site, rows, sequence, part));
    }

    /** Each token's row of a table, with its hooks. */
    public Var words(ModelSite table) {
        Var rows = weight(table.frozenWeight()).gather(streams.at(table).tokens());
        return hooked(table) ? hooks.after(table, rows, rows, streams.at(table).sequences()) : rows;
    }

    @Override
    public Var blockInput(ModelSite block, Var x) {
        return hooked(block) ? hooks.before(block, x, streams.at(block).sequences()) : x;
    }

    @Override
    public Var endOfLayer(ModelSite site, Var x) {
        return hooked(site) ? hooks.after(site, x, x, streams.at(site).sequences()) : x;
    }

    @Override
    public boolean remembers(ModelSite site) {
        return cache != null && cache.isFilled() && site.side() == Side.CROSS;
    }

    @Override
    public Var attention(
            ModelSite site, Var q, Var k, Var v, AttentionShape shape, DistanceTable known, double probability) {
        double dropped = random == null ? 0 : probability;
        CounterRandom mask = dropped > 0 ? key(site.path()) : null;
        Sequences queries = streams.queries(site).sequences();
        if (cache != null && cache.isFilled()) {
            return attentionOverCache(site, q, k, v, shape, known, queries);
        }
        Rows source = streams.keys(site);
        Sequences keys = source.sequences();
        AttentionPrefix prefix = hooked(site) ? hooks.prefix(site, shape, source) : null;
        if (cache != null && site.side() != Side.ENCODER) {
            if (prefix != null) {
                remember(site, prefix.keys(), prefix.values(), prefix.rows());
            }
            remember(site, k, v, keys);
        }
        AttentionBias bias = known == null ? null : biases.of(known, DistanceBiases.blocks(source, prefix));
        return Attention.apply(q, k, v, shape, queries, keys, prefix, bias, dropped, mask);
    }

    @Override
    public void distances(RelativeTable table) {
        distances = new Distances(this, hooks, table, streams.of(table.side()).sequences());
    }

    @Override
    public Var relativeAttention(AttentionBlock block, Var q, Var k, Var v) {
        ModelSite site = block.cache();
        Rows rows = streams.keys(site);
        AttentionPrefix prefix = hooked(site) ? hooks.prefix(site, block.shape(), rows) : null;
        double dropped = random == null ? 0 : block.weightDropout();
        CounterRandom mask = dropped > 0 ? key(site.path()) : null;
        Sequences there = rows.sequences();
        AttentionBias bias = distances.bias(block, q, k, prefix);
        return Attention.apply(q, k, v, block.shape(), there, there, prefix, bias, dropped, mask);
    }

    @Override
    public void run(int number) {
        run = number;
        hooks.run(number);
    }

    private void remember(ModelSite site, Var k, Var v, Sequences places) {
        for (int i = 0; i < places.count(); i++) {
            int from = places.start(i);
            int to = from + places.length(i);
            cache.add(site, i, tape.value(k).rows(from, to), tape.value(v).rows(from, to));
        }
    }

    private Var attentionOverCache(
            ModelSite site, Var q, Var k, Var v, AttentionShape shape, DistanceTable known, Sequences queries) {
        if (k != null) {
            remember(site, k, v, queries);
        }
        Sequences places = cache.places(site, shape.window());
        AttentionBias bias = known == null ? null : biases.of(known, DistanceBiases.blocks(places, streams.last()));
        return cache.attention(tape, site, q, shape, queries, places, bias);
    }

    @Override
    public Var dropout(String place, Var x, double probability) {
        return random == null || probability <= 0 ? x : x.dropout(probability, key(place));
    }

    private CounterRandom key(String place) {
        if (random == null) {
            return null;
        }
        CounterRandom own = random.with("base").with(place);
        return run == 0 ? own : own.with("run").with(run);
    }

    public Sequences sequences() {
        return streams.last().sequences();
    }

    /** Row of the first token of a sequence's text in the last stack's values, behind what hooks put in front. */
    public int text(int sequence) {
        return streams.last().text(sequence);
    }

    /** Position of the token that would follow a sequence of the last stack. */
    public int next(int sequence) {
        return streams.last().next(sequence);
    }

    @Override
    public int[] positions(Side side) {
        return streams.of(side).positions();
    }

    @Override
    public int[] positionsWithout(Side side, int token) {
        return streams.of(side).positionsWithout(token);
    }

    @Override
    public int[] tokenTypes(Side side) {
        return streams.of(side).types();
    }

    @Override
    public Scope scope() {
        return tape.scope();
    }

    /** So many rows and a few of padding: kernels are compiled for fewer numbers of rows then. */
    public static int padded(int rows) {
        return rows + Rows.padding(rows);
    }

    /** True if some adapter of this pass acts at a site. */
    public boolean hooked(ModelSite site) {
        return hooks.at(site);
    }
}
