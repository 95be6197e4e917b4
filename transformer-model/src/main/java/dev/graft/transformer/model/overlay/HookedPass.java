package dev.graft.transformer.model.overlay;

import dev.graft.autograd.Attention;
import dev.graft.autograd.AttentionPrefix;
import dev.graft.autograd.AttentionShape;
import dev.graft.autograd.CounterRandom;
import dev.graft.autograd.Scope;
import dev.graft.autograd.Sequences;
import dev.graft.autograd.Tape;
import dev.graft.autograd.Var;
import dev.graft.peft.spi.Context;
import dev.graft.peft.spi.Hook;
import dev.graft.peft.spi.Side;
import dev.graft.peft.spi.Site;
import dev.graft.peft.spi.Slot;
import dev.graft.transformer.model.architecture.MlpBlock;
import dev.graft.transformer.model.architecture.ModelSite;
import dev.graft.transformer.model.architecture.Pass;
import dev.graft.transformer.model.weights.FrozenWeight;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * A forward pass with adapters: the base's product is computed once for all rows, hooks act on the rows of their
 * route. Belongs to the tape's thread.
 */
public final class HookedPass implements Pass {
    private final Tape tape;
    private final Streams streams;
    private final List<Route> routes;
    private final List<RouteContext> contexts;
    private final Training training;
    private final CounterRandom random;
    private final KeyValueCache cache;
    private final Map<FrozenWeight, Var> weights = new IdentityHashMap<>();

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
        this.routes = routes;
        this.training = training;
        this.random = training.random();
        this.streams = streams;
        this.cache = cache;
        this.contexts = routes.stream().map(this::context).toList();
    }

    private RouteContext context(Route route) {
        RouteContext context = new RouteContext(tape, training);
        Rows last = streams.last();
        return context.at("", route.relative(last.sequences()), last, route.first());
    }

    /** What a route's hooks see, for the method's penalty. */
    public Context context(int route) {
        return contexts.get(route);
    }

    /** A parameter of a route's adapter, on the tape. */
    public Var use(int route, AdapterParameter parameter) {
        return contexts.get(route).use(parameter);
    }

    @Override
    public Var weight(FrozenWeight weight) {
        Overlay only = routes.size() == 1 ? routes.get(0).overlay() : null;
        AdapterParameter copy = only == null ? null : only.replacement(weight);
        if (copy != null) {
            return contexts.get(0).use(copy);
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
        Var input = eachRoute(site, x, there, (hook, context, part) -> hook.before(context, part));
        Var own = input == x ? y : y.add(input.subtract(x).linear(weight(site.frozenWeight()), null));
        return after(site, input, own, there, UnaryOperator.identity(), null);
    }

    /** A linear site over other rows than the tokens, such as one pooled row a sequence. */
    public Var linear(ModelSite site, Var x, Sequences there) {
        Var weight = weight(site.frozenWeight());
        Var bias = optional(site.frozenBias());
        if (!hooked(site)) {
            return x.linear(weight, bias);
        }
        Var input = eachRoute(site, x, there, (hook, context, part) -> hook.before(context, part));
        return after(site, input, input.linear(weight, bias), there, UnaryOperator.identity(), null);
    }

    @Override
    public Var linearIntoResidual(ModelSite site, ModelSite block, Var x, BlockInput input) {
        double probability = random == null ? 0 : input.dropout();
        if (!hooked(site) && !hooked(block)) {
            Var bias = optional(site.frozenBias());
            return x.linear(weight(site.frozenWeight()), bias, input.residual(), probability, key(site.path()));
        }
        Var y = linear(site, x);
        if (!hooked(block)) {
            return y.dropout(probability, key(site.path()), input.residual());
        }
        y = dropout(site.path(), y, input.dropout());
        UnaryOperator<Var> following = value -> frozenNorm(input.following(), value, input.epsilon());
        Var changed = after(block, input.x(), y, streams.at(block).sequences(), following, input.residual());
        return changed.add(input.residual());
    }

    /** A norm without hooks; the identity where there is none. */
    private Var frozenNorm(ModelSite site, Var x, double epsilon) {
        return site == null ? x : x.layerNorm(weight(site.frozenWeight()), weight(site.frozenBias()), epsilon);
    }

    @Override
    public Var feedForward(MlpBlock mlp, BlockInput input) {
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
        Var y = frozenNorm(site, x, epsilon);
        if (!hooked(site)) {
            return y;
        }
        int width = site.outputSize();
        float[] ones = new float[width];
        Arrays.fill(ones, 1f);
        Var normalised = x.layerNorm(tape.constant(ones, width), tape.constant(new float[width], width), epsilon);
        return after(site, normalised, y, streams.at(site).sequences(), UnaryOperator.identity(), null);
    }

    /** The scale and shift of a norm with their hooks, on rows that are normalised already. */
    public Var scaleAndShift(ModelSite site, Var normalised) {
        Var y = normalised.multiply(weight(site.frozenWeight())).add(weight(site.frozenBias()));
        return after(site, normalised, y, streams.at(site).sequences(), UnaryOperator.identity(), null);
    }

    @Override
    public Var embed(ModelSite site, double scale) {
        Rows rows = streams.at(site);
        Var words = weight(site.frozenWeight()).gather(rows.tokens());
        if (scale != 1) {
            words = words.multiply(scale);
        }
        if (cache != null && cache.isFilled()) {
            return words; // what stands in front of the text entered before
        }
        int[] first = rowsInFront(site.side(), rows);
        if (!hooked(site)) {
            rows.moveTo(first);
            return words;
        }
        return rows.lengthen(words, first, (sequence, part) -> {
            Sequences alone = Sequences.packed((int) part.size(0));
            int route = routeOf(sequence);
            Hook hook = hook(route, site);
            Var longer = hook.after(contexts.get(route).at(site.path(), alone, rows, sequence), part, part);
            if (longer.size(0) != part.size(0) + hook.positions()) {
                throw new IllegalStateException("a hook at " + site.path() + " made " + longer + " of " + part
                        + ", but said that it takes " + hook.positions() + " positions");
            }
            return longer;
        });
    }

    /** Positions that rows in front of each sequence's keys take: its text starts behind them. */
    private int[] rowsInFront(Side side, Rows rows) {
        int[] first = new int[rows.sequences().count()];
        for (Route route : routes) {
            int positions = route.overlay() == null ? 0 : route.overlay().positions(side, Slot.CACHE);
            Arrays.fill(first, route.first(), route.first() + route.count(), positions);
        }
        return first;
    }

    @Override
    public Var blockInput(ModelSite block, Var x) {
        return hooked(block)
                ? eachRoute(
                        block, x, streams.at(block).sequences(), (hook, context, part) -> hook.before(context, part))
                : x;
    }

    @Override
    public Var endOfLayer(ModelSite site, Var x) {
        return hooked(site) ? after(site, x, x, streams.at(site).sequences(), UnaryOperator.identity(), null) : x;
    }

    @Override
    public boolean remembers(ModelSite site) {
        return cache != null && cache.isFilled() && site.side() == Side.CROSS;
    }

    @Override
    public Var attention(ModelSite site, Var q, Var k, Var v, AttentionShape shape, double probability) {
        double dropped = random == null ? 0 : probability;
        CounterRandom mask = dropped > 0 ? key(site.path()) : null;
        Sequences queries = streams.queries(site).sequences();
        if (cache != null && cache.isFilled()) {
            return attentionOverCache(site, q, k, v, shape, queries);
        }
        Rows source = streams.keys(site);
        Sequences keys = source.sequences();
        AttentionPrefix prefix = hooked(site) ? prefix(site, shape, source) : null;
        if (cache != null && site.side() != Side.ENCODER) {
            if (prefix != null) {
                remember(site, prefix.keys(), prefix.values(), prefix.rows());
            }
            remember(site, k, v, keys);
        }
        return Attention.apply(q, k, v, shape, queries, keys, prefix, dropped, mask);
    }

    private AttentionPrefix prefix(ModelSite site, AttentionShape shape, Rows source) {
        Sequences keys = source.sequences();
        CacheRows rows = new CacheRows(tape, shape, keys.count());
        for (int i = 0; i < keys.count(); i++) {
            int route = routeOf(i);
            Hook hook = hook(route, site);
            if (hook != Hook.NONE) {
                Sequences alone = Sequences.packed(keys.length(i));
                rows.add(i, hook, contexts.get(route).at(site.path(), alone, source, i));
            }
        }
        return rows.prefix();
    }

    private void remember(ModelSite site, Var k, Var v, Sequences places) {
        for (int i = 0; i < places.count(); i++) {
            int from = places.start(i);
            int to = from + places.length(i);
            cache.add(site, i, tape.value(k).rows(from, to), tape.value(v).rows(from, to));
        }
    }

    private Var attentionOverCache(ModelSite site, Var q, Var k, Var v, AttentionShape shape, Sequences queries) {
        if (k != null) {
            remember(site, k, v, queries);
        }
        return Attention.apply(
                q, cache.keys(tape, site), cache.values(tape, site), shape, queries, cache.places(site), 0, null);
    }

    @Override
    public Var dropout(String place, Var x, double probability) {
        return random == null || probability <= 0 ? x : x.dropout(probability, key(place));
    }

    private CounterRandom key(String place) {
        return random == null ? null : random.with("base").with(place);
    }

    /** Where the sequences of the last stack ended up. */
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
        return routes.stream().anyMatch(route -> route.hook(site) != Hook.NONE);
    }

    private Hook hook(int route, Site site) {
        return routes.get(route).hook(site);
    }

    private int routeOf(int sequence) {
        return (int) routes.stream()
                .filter(route -> route.first() + route.count() <= sequence)
                .count();
    }

    private interface Change {
        Var apply(Hook hook, RouteContext context, Var part);
    }

    private Var eachRoute(ModelSite site, Var x, Sequences there, Change change) {
        if (routes.size() == 1) {
            return change.apply(hook(0, site), contexts.get(0).at(site.path(), there, streams.at(site), 0), x);
        }
        Var[] parts = new Var[routes.size()];
        boolean changed = false;
        for (int i = 0; i < parts.length; i++) {
            Route route = routes.get(i);
            Var part = rowsOf(i, x, there);
            RouteContext context =
                    contexts.get(i).at(site.path(), route.relative(there), streams.at(site), route.first());
            parts[i] = change.apply(hook(i, site), context, part);
            changed |= parts[i] != part;
        }
        return changed ? Var.concat(parts) : x;
    }

    /** The rows of a route; those of the last one include the padding behind it. */
    private Var rowsOf(int number, Var x, Sequences there) {
        if (routes.size() == 1) {
            return x;
        }
        Route route = routes.get(number);
        return x.rows(route.from(there), number == routes.size() - 1 ? x.size(0) : route.to(there));
    }

    private Var after(ModelSite site, Var x, Var y, Sequences there, UnaryOperator<Var> following, Var residual) {
        int[] next = {0};
        return eachRoute(site, y, there, (hook, context, part) -> {
            int route = next[0]++;
            Var input = rowsOf(route, x, there);
            Var added = residual == null ? null : rowsOf(route, residual, there);
            return hook.after(context.block(added, following), input, part);
        });
    }
}
