package dev.graft.transformer.model.overlay;

import dev.graft.autograd.AttentionPrefix;
import dev.graft.autograd.AttentionShape;
import dev.graft.autograd.Sequences;
import dev.graft.autograd.Tape;
import dev.graft.autograd.Var;
import dev.graft.peft.spi.Hook;
import dev.graft.peft.spi.Side;
import dev.graft.peft.spi.Site;
import dev.graft.peft.spi.Slot;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The hooks of a pass: each acts on the rows of its route, and what it returns must have the shape of what it got. Belongs
 * to the tape's thread.
 */
final class RoutedHooks {
    private final Tape tape;
    private final Streams streams;
    private final List<Route> routes;
    private final List<RouteContext> contexts;

    /**
     * Of routes that cover all sequences, in order.
     *
     * @param training what training adds
     */
    RoutedHooks(Tape tape, Streams streams, List<Route> routes, Training training) {
        this.tape = tape;
        this.streams = streams;
        this.routes = routes;
        Rows last = streams.last();
        this.contexts = routes.stream()
                .map(route ->
                        new RouteContext(tape, training).at("", route.relative(last.sequences()), last, route.first()))
                .toList();
    }

    /** True if some adapter acts at a site. */
    boolean at(Site site) {
        for (int i = 0; i < routes.size(); i++) { // asked a dozen times a layer and token: no stream, no iterator
            if (hook(i, site) != Hook.NONE) {
                return true;
            }
        }
        return false;
    }

    /** The overlay if all rows have the same one; null if they have none or several. */
    Overlay only() {
        return routes.size() == 1 ? routes.get(0).overlay() : null;
    }

    /** What a route's hooks see. */
    RouteContext context(int route) {
        return contexts.get(route);
    }

    /** The input of a site as hooks leave it. */
    Var before(Site site, Var x, Sequences there) {
        return eachRoute(
                site, x, there, (hook, context, part) -> same(site, "before", part, hook.before(context, part)));
    }

    /** The output of a site as hooks leave it. */
    Var after(Site site, Var x, Var y, Sequences there) {
        return after(site, x, y, there, UnaryOperator.identity(), null);
    }

    /**
     * The output of a block as hooks leave it.
     *
     * @param following the norm behind it
     * @param residual what will be added; null where nothing is
     */
    Var after(Site site, Var x, Var y, Sequences there, UnaryOperator<Var> following, Var residual) {
        int[] next = {0};
        return eachRoute(site, y, there, (hook, context, part) -> {
            int route = next[0]++;
            Var input = rowsOf(route, x, there);
            Var added = residual == null ? null : rowsOf(route, residual, there);
            return same(site, "after", part, hook.after(context.block(added, following), input, part));
        });
    }

    private static Var same(Site site, String call, Var given, Var made) {
        return Returned.as(site, call, given.size(0), given.size(1), made);
    }

    private interface Change {
        Var apply(Hook hook, RouteContext context, Var part);
    }

    private Var eachRoute(Site site, Var x, Sequences there, Change change) {
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

    /** One sequence's embeddings with the rows that its hook puts in front. */
    Var lengthen(Site site, Rows rows, int sequence, Var part) {
        Sequences alone = Sequences.packed((int) part.size(0));
        int route = routeOf(sequence);
        Hook hook = hook(route, site);
        Var longer = hook.after(contexts.get(route).at(site.path(), alone, rows, sequence), part, part);
        String call = "after, with " + hook.positions() + " positions()";
        return Returned.as(site, call, part.size(0) + hook.positions(), part.size(1), longer);
    }

    /** Positions that rows in front of each sequence's keys take: its text starts behind them. */
    int[] rowsInFront(Side side, Rows rows) {
        int[] first = new int[rows.sequences().count()];
        for (Route route : routes) {
            int positions = route.overlay() == null ? 0 : route.overlay().positions(side, Slot.CACHE);
            Arrays.fill(first, route.first(), route.first() + route.count(), positions);
        }
        return first;
    }

    /** The rows in front of keys and values; null for none. */
    AttentionPrefix prefix(Site site, AttentionShape shape, Rows source) {
        Sequences keys = source.sequences();
        CacheRows rows = new CacheRows(tape, site, shape, keys.count());
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

    /** Number of routes. */
    int routes() {
        return routes.size();
    }

    /** True if a route's adapter acts at a site. */
    boolean acts(int route, Site site) {
        return hook(route, site) != Hook.NONE;
    }

    /** True if some adapter acts at a site of this slot. */
    boolean anyAt(Slot slot) {
        return routes.stream()
                .filter(route -> route.overlay() != null)
                .flatMap(route -> route.overlay().hookedSites().stream())
                .anyMatch(site -> site.slot() == slot);
    }

    /** What follows is the run of this number of modules that layers share. */
    void run(int number) {
        contexts.forEach(context -> context.run(number));
    }

    /** The input of a site as a route's hook leaves it, of a value that has no batch, such as a table of distances. */
    Var beforeTable(int route, Site site, Var x) {
        return same(site, "before", x, hook(route, site).before(tableContext(route, site, x), x));
    }

    /** The output of a site as a route's hook leaves it, of a value that has no batch. */
    Var afterTable(int route, Site site, Var x, Var y) {
        return same(site, "after", y, hook(route, site).after(tableContext(route, site, x), x, y));
    }

    /** A table is one sequence; masks differ from those of the text at the same site. */
    private RouteContext tableContext(int route, Site site, Var x) {
        Sequences alone = Sequences.packed((int) x.size(0));
        return contexts.get(route)
                .at(
                        site.path() + " distances",
                        alone,
                        streams.at(site),
                        routes.get(route).first());
    }

    private Hook hook(int route, Site site) {
        return routes.get(route).hook(site);
    }

    /** The route of a sequence. */
    int routeOf(int sequence) {
        return (int) routes.stream()
                .filter(route -> route.first() + route.count() <= sequence)
                .count();
    }
}
