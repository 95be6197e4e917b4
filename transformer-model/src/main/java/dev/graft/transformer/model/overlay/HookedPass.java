package dev.graft.transformer.model.overlay;

import dev.graft.autograd.Attention;
import dev.graft.autograd.AttentionShape;
import dev.graft.autograd.CounterRandom;
import dev.graft.autograd.Scope;
import dev.graft.autograd.Sequences;
import dev.graft.autograd.Tape;
import dev.graft.autograd.Var;
import dev.graft.peft.spi.Context;
import dev.graft.peft.spi.Hook;
import dev.graft.peft.spi.Site;
import dev.graft.transformer.model.architecture.ModelSite;
import dev.graft.transformer.model.architecture.Pass;
import dev.graft.transformer.model.weights.FrozenWeight;
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
    private final Rows rows;
    private final List<Route> routes;
    private final List<RouteContext> contexts;
    private final Training training;
    private final CounterRandom random;
    private final Map<FrozenWeight, Var> weights = new IdentityHashMap<>();

    /**
     * Prepares a pass.
     *
     * @param sequences what enters, ordered by route
     * @param routes cover all sequences, in order
     * @param training what training adds
     */
    public HookedPass(Tape tape, List<TokenRow> sequences, List<Route> routes, Training training) {
        this.tape = tape;
        this.routes = routes;
        this.training = training;
        this.random = training.random();
        this.rows = new Rows(sequences);
        this.contexts = routes.stream().map(this::context).toList();
    }

    private RouteContext context(Route route) {
        int from = route.from(rows.sequences());
        int to = route.to(rows.sequences());
        return new RouteContext(
                tape,
                training,
                route.relative(rows.sequences()),
                Arrays.copyOfRange(rows.tokens(), from, to),
                Arrays.copyOfRange(rows.positions(), from, to));
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
        return linear(site, x, rows.sequences());
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
        boolean free = !hooked(site) && !hooked(block);
        if (free && probability == 0) {
            return x.linear(weight(site.frozenWeight()), optional(site.frozenBias()), input.residual());
        }
        Var y = linear(site, x);
        if (!hooked(block)) {
            return y.dropout(probability, key(site.path()), input.residual());
        }
        y = dropout(site.path(), y, input.dropout());
        UnaryOperator<Var> following = value -> norm(input.following(), value, input.epsilon());
        Var changed = after(block, input.x(), y, rows.sequences(), following, input.residual());
        return changed.add(input.residual());
    }

    @Override
    public Var norm(ModelSite site, Var x, double epsilon) {
        Var scale = weight(site.frozenWeight());
        Var shift = weight(site.frozenBias());
        Var y = x.layerNorm(scale, shift, epsilon);
        if (!hooked(site)) {
            return y;
        }
        int width = site.outputSize();
        float[] ones = new float[width];
        Arrays.fill(ones, 1f);
        Var normalised = x.layerNorm(tape.constant(ones, width), tape.constant(new float[width], width), epsilon);
        return after(site, normalised, y, rows.sequences(), UnaryOperator.identity(), null);
    }

    /** The scale and shift of a norm with their hooks, on rows that are normalised already. */
    public Var scaleAndShift(ModelSite site, Var normalised) {
        Var y = normalised.multiply(weight(site.frozenWeight())).add(weight(site.frozenBias()));
        return after(site, normalised, y, rows.sequences(), UnaryOperator.identity(), null);
    }

    @Override
    public Var embed(ModelSite site) {
        Var words = weight(site.frozenWeight()).gather(rows.tokens());
        if (!hooked(site)) {
            return words;
        }
        return rows.lengthen(words, (sequence, part) -> {
            int route = routeOf(sequence);
            Sequences alone = Sequences.packed((int) part.size(0));
            return hook(route, site).after(contexts.get(route).at(site.path(), alone), part, part);
        });
    }

    @Override
    public Var blockInput(ModelSite block, Var x) {
        return hooked(block)
                ? eachRoute(block, x, rows.sequences(), (hook, context, part) -> hook.before(context, part))
                : x;
    }

    @Override
    public Var endOfLayer(ModelSite site, Var x) {
        return hooked(site) ? after(site, x, x, rows.sequences(), UnaryOperator.identity(), null) : x;
    }

    @Override
    public Var attention(ModelSite cache, Var q, Var k, Var v, AttentionShape shape, double probability) {
        double dropped = random == null ? 0 : probability;
        CounterRandom mask = dropped > 0 ? key(cache.path()) : null;
        Sequences here = rows.sequences();
        if (!hooked(cache)) {
            return Attention.apply(q, k, v, shape, here, here, dropped, mask);
        }
        CacheRows prefixed = new CacheRows(tape, shape, here);
        for (int i = 0; i < here.count(); i++) {
            int route = routeOf(i);
            Sequences alone = Sequences.packed(here.length(i));
            prefixed.add(i, hook(route, cache), contexts.get(route).at(cache.path(), alone), k, v);
        }
        return Attention.apply(q, prefixed.keys(), prefixed.values(), shape, here, prefixed.sequences(), dropped, mask);
    }

    @Override
    public Var dropout(String place, Var x, double probability) {
        return random == null || probability == 0 ? x : x.dropout(probability, key(place));
    }

    private CounterRandom key(String place) {
        return random == null ? null : random.with("base").with(place);
    }

    @Override
    public Sequences sequences() {
        return rows.sequences();
    }

    @Override
    public int[] positions() {
        return rows.positions();
    }

    @Override
    public int[] tokenTypes() {
        return rows.types();
    }

    @Override
    public Scope scope() {
        return tape.scope();
    }

    private boolean hooked(ModelSite site) {
        for (int route = 0; route < routes.size(); route++) {
            if (hook(route, site) != Hook.NONE) {
                return true;
            }
        }
        return false;
    }

    private Hook hook(int route, Site site) {
        Overlay overlay = routes.get(route).overlay();
        return overlay == null ? Hook.NONE : overlay.hook(site);
    }

    private int routeOf(int sequence) {
        int route = 0;
        while (sequence >= routes.get(route).first() + routes.get(route).count()) {
            route++;
        }
        return route;
    }

    private interface Change {
        Var apply(Hook hook, RouteContext context, Var part);
    }

    private Var eachRoute(ModelSite site, Var x, Sequences there, Change change) {
        if (routes.size() == 1) {
            return change.apply(hook(0, site), contexts.get(0).at(site.path(), there), x);
        }
        Var[] parts = new Var[routes.size()];
        boolean changed = false;
        for (int i = 0; i < parts.length; i++) {
            Route route = routes.get(i);
            Var part = rowsOf(i, x, there);
            parts[i] = change.apply(hook(i, site), contexts.get(i).at(site.path(), route.relative(there)), part);
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
