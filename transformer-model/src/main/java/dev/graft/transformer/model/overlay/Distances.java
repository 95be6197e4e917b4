package dev.graft.transformer.model.overlay;

import dev.graft.autograd.AttentionBias;
import dev.graft.autograd.AttentionPrefix;
import dev.graft.autograd.AttentionShape;
import dev.graft.autograd.RelativeBias;
import dev.graft.autograd.Sequences;
import dev.graft.autograd.Var;
import dev.graft.peft.spi.Slot;
import dev.graft.transformer.model.architecture.AttentionBlock;
import dev.graft.transformer.model.architecture.ModelSite;
import dev.graft.transformer.model.architecture.RelativeTable;
import java.util.Arrays;

/**
 * The embedded distances of a pass, from the table that all layers share to the bias of a layer's scores. They have no
 * batch: each adapter has a version of its own where a hook changes something, and all share one elsewhere.
 */
final class Distances {
    private final HookedPass pass;
    private final RoutedHooks hooks;
    private final RelativeTable table;
    private final Sequences texts;

    /** For each route the table as its hooks leave it: the rows that the distances of this pass have. */
    private final Var[] rows;

    private final int lowest;

    Distances(HookedPass pass, RoutedHooks hooks, RelativeTable table, Sequences texts) {
        this.pass = pass;
        this.hooks = hooks;
        this.table = table;
        this.texts = texts;
        int longest = Math.max(1, texts.longest());
        lowest = table.row(1 - longest);
        // rows in front of keys are as far away as there are of them
        int end = hooks.anyAt(Slot.CACHE) ? 2 * table.plan().span() : table.row(longest - 1) + 1;
        Var all = pass.weight(table.weight()).rows(lowest, end);
        Var[] same = new Var[hooks.routes()];
        Arrays.fill(same, all);
        rows = table.norm() == null
                ? same
                : each(
                        table.norm(),
                        same,
                        x -> pass.frozenNorm(table.norm(), x, table.epsilon()),
                        x -> pass.normalised(x, table.norm(), table.epsilon()));
    }

    private interface Base {
        Var apply(Var x);
    }

    /**
     * What a site makes of the routes' values; routes that start from the same value and have no hook share the result.
     *
     * @param base the site without hooks
     * @param seen what hooks get as their input
     */
    private Var[] each(ModelSite site, Var[] values, Base base, Base seen) {
        Var[] results = new Var[values.length];
        for (int route = 0; route < values.length; route++) {
            if (hooks.acts(route, site)) {
                Var input = site.slot().isLinear() ? hooks.beforeTable(route, site, values[route]) : values[route];
                results[route] = hooks.afterTable(route, site, seen.apply(input), base.apply(input));
                continue;
            }
            for (int other = 0; other < route && results[route] == null; other++) {
                results[route] = values[other] == values[route] && !hooks.acts(other, site) ? results[other] : null;
            }
            results[route] = results[route] == null ? base.apply(values[route]) : results[route];
        }
        return results;
    }

    /** What distances add to a layer's scores. */
    AttentionBias bias(AttentionBlock block, Var q, Var k, AttentionPrefix prefix) {
        boolean shared = table.plan().shared();
        Var[] dropped = dropped(block.cache().path());
        Var[] keys = table.plan().key() == null
                ? null
                : project(shared ? block.key() : block.relative().key(), dropped);
        Var[] queries = table.plan().query() == null
                ? null
                : project(shared ? block.query() : block.relative().query(), dropped);
        boolean one = isOne(keys) && isOne(queries);
        int[] first = new int[texts.count()];
        for (int s = 0; s < first.length && !one; s++) {
            first[s] = Math.toIntExact(hooks.routeOf(s) * rows[0].size(0));
        }
        AttentionShape shape = block.shape();
        RelativeBias.Tables tables = new RelativeBias.Tables(
                joined(keys, one), joined(queries, one), first, distance -> table.row(distance) - lowest);
        return RelativeBias.apply(q, k, shape, texts, prefix, tables);
    }

    private Var[] dropped(String place) {
        Var[] results = new Var[rows.length];
        for (int route = 0; route < rows.length; route++) {
            for (int other = 0; other < route && results[route] == null; other++) {
                results[route] = rows[other] == rows[route] ? results[other] : null;
            }
            results[route] = results[route] == null
                    ? pass.dropout(place + " distances", rows[route], table.dropout())
                    : results[route];
        }
        return results;
    }

    private Var[] project(ModelSite site, Var[] values) {
        return each(site, values, x -> pass.unhooked(site, x), x -> x);
    }

    private static boolean isOne(Var[] values) {
        return values == null || Arrays.stream(values).allMatch(value -> value == values[0]);
    }

    private static Var joined(Var[] values, boolean one) {
        return values == null ? null : one ? values[0] : Var.concat(values);
    }
}
