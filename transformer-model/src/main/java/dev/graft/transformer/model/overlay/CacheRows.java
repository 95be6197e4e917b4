package dev.graft.transformer.model.overlay;

import dev.graft.autograd.AttentionPrefix;
import dev.graft.autograd.AttentionShape;
import dev.graft.autograd.Sequences;
import dev.graft.autograd.Tape;
import dev.graft.autograd.Var;
import dev.graft.peft.spi.Hook;
import dev.graft.peft.spi.Site;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** The rows that hooks put in front of keys and values; sequences whose hooks give the same value share it. */
final class CacheRows {
    private record Rows(int start, Var keys, Var values) {}

    private final Site site;
    private final Var none;
    private final Map<Var, Rows> byKeys = new IdentityHashMap<>();
    private final List<Rows> rows = new ArrayList<>();
    private final int[] starts;
    private final int[] lengths;
    private int total;

    CacheRows(Tape tape, Site site, AttentionShape shape, int sequences) {
        this.site = site;
        this.none = tape.constant(new float[0], 0, (long) shape.keyValueHeads() * shape.headSize());
        this.starts = new int[sequences];
        this.lengths = new int[sequences];
    }

    void add(int sequence, Hook hook, RouteContext context) {
        Var keys = Returned.as(site, "before", -1, none.size(1), hook.before(context, none));
        Var values = Returned.as(site, "after", keys.size(0), none.size(1), hook.after(context, keys, none));
        if (keys.size(0) == 0) {
            return;
        }
        Rows known = byKeys.get(keys);
        if (known == null || known.values != values) {
            known = new Rows(total, keys, values);
            byKeys.put(keys, known);
            rows.add(known);
            total += Math.toIntExact(keys.size(0));
        }
        starts[sequence] = known.start;
        lengths[sequence] = Math.toIntExact(keys.size(0));
    }

    /** All of them, or null if there are none. */
    AttentionPrefix prefix() {
        if (rows.isEmpty()) {
            return null;
        }
        Var keys = rows.get(0).keys;
        Var values = rows.get(0).values;
        if (rows.size() > 1) {
            keys = Var.concat(rows.stream().map(Rows::keys).toArray(Var[]::new));
            values = Var.concat(rows.stream().map(Rows::values).toArray(Var[]::new));
        }
        return new AttentionPrefix(keys, values, Sequences.at(starts, lengths));
    }
}
