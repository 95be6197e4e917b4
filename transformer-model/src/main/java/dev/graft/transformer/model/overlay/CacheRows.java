package dev.graft.transformer.model.overlay;

import dev.graft.autograd.AttentionShape;
import dev.graft.autograd.Sequences;
import dev.graft.autograd.Tape;
import dev.graft.autograd.Var;
import dev.graft.peft.spi.Hook;
import java.util.ArrayList;
import java.util.List;

/** Keys and values of all sequences, each with the rows that its hook puts in front. */
final class CacheRows {
    private final AttentionShape shape;
    private final Sequences sequences;
    private final Tape tape;
    private final List<Var> keys = new ArrayList<>();
    private final List<Var> values = new ArrayList<>();
    private final int[] lengths;

    CacheRows(Tape tape, AttentionShape shape, Sequences sequences) {
        this.tape = tape;
        this.shape = shape;
        this.sequences = sequences;
        this.lengths = new int[sequences.count()];
    }

    void add(int sequence, Hook hook, RouteContext context, Var k, Var v) {
        long from = sequences.start(sequence);
        long to = from + sequences.length(sequence);
        lengths[sequence] = sequences.length(sequence);
        if (hook != Hook.NONE) {
            Var none = tape.constant(new float[0], shape.keyValueHeads(), 0, shape.headSize());
            Var keyRows = hook.before(context, none);
            Var valueRows = hook.after(context, keyRows, none);
            KeyValueCache.check(shape, keyRows, valueRows);
            if (keyRows.size(1) > 0) {
                keys.add(keyRows.mergeHeads());
                values.add(valueRows.mergeHeads());
                lengths[sequence] += Math.toIntExact(keyRows.size(1));
            }
        }
        keys.add(k.rows(from, to));
        values.add(v.rows(from, to));
    }

    Var keys() {
        return Var.concat(keys.toArray(Var[]::new));
    }

    Var values() {
        return Var.concat(values.toArray(Var[]::new));
    }

    Sequences sequences() {
        return Sequences.packed(lengths);
    }
}
