package dev.graft.autograd;

import dev.graft.autograd.memory.Tensor;
import dev.graft.autograd.memory.Tiles;

/** Other shapes and parts of a value; nothing is computed. */
final class Views {
    private Views() {}

    static Var reshape(Var x, long... shape) {
        Tensor view = x.value().reshape(shape).retain();
        Var result = x.tape().result(view, x);
        if (result.requiresGradient()) {
            long[] original = x.shape();
            x.tape().record(result, dy -> x.tape().share(x, dy.reshape(original)));
        }
        return result;
    }

    static Var detach(Var x) {
        return x.tape().result(x.value().retain());
    }

    static Var transpose(Var x) {
        if (x.value().rank() < 2) {
            throw new IllegalArgumentException("only values of two or more dimensions have a transpose, not " + x);
        }
        Tape tape = x.tape();
        Var result = tape.result(transposed(tape, x.value()), x);
        if (result.requiresGradient()) {
            tape.record(result, dy -> tape.give(x, transposed(tape, dy)));
        }
        return result;
    }

    private static Tensor transposed(Tape tape, Tensor x) {
        Tensor view = x.transposed();
        Tensor copy = tape.arena().allocate(view.shape());
        Tiles.write(view.toArray(), copy);
        return copy;
    }

    static Var narrow(Var x, int dimension, long from, long to) {
        Require.range(x, dimension, from, to);
        Tape tape = x.tape();
        Var result = tape.result(x.value().narrow(dimension, from, to).retain(), x);
        if (result.requiresGradient()) {
            tape.record(result, dy -> {
                Tensor part = tape.gradientToAdd(x).narrow(dimension, from, to);
                tape.elementwise().add(part, dy, part);
            });
        }
        return result;
    }

    static Var columns(Var x, long from, long to) {
        Require.rank(x, 2, "columns");
        Require.range(x, 1, from, to);
        Tape tape = x.tape();
        Tensor copy = tape.arena().allocate(x.size(0), to - from);
        tape.elementwise().copy(x.value().narrow(1, from, to), copy);
        Var result = tape.result(copy, x);
        if (result.requiresGradient()) {
            tape.record(result, dy -> {
                Tensor part = tape.gradientToAdd(x).narrow(1, from, to);
                tape.elementwise().add(part, dy, part);
            });
        }
        return result;
    }

    /** [heads, rows, size] to [rows, heads * size]: row r holds the heads' r-th rows side by side. */
    static Var mergeHeads(Var x) {
        Require.rank(x, 3, "mergeHeads");
        Tape tape = x.tape();
        long heads = x.size(0);
        long rows = x.size(1);
        long size = x.size(2);
        Tensor out = tape.arena().allocate(rows, heads * size);
        tape.elementwise().copy(x.value(), byHead(out, heads, size));
        Var result = tape.result(out, x);
        if (result.requiresGradient()) {
            tape.record(result, dy -> {
                Tensor dx = tape.arena().allocate(heads, rows, size);
                tape.elementwise().copy(byHead(dy, heads, size), dx);
                tape.give(x, dx);
            });
        }
        return result;
    }

    /** [rows, heads * size] seen as [heads, rows, size]. */
    private static Tensor byHead(Tensor merged, long heads, long size) {
        return merged.view(0, new long[] {heads, merged.size(0), size}, new long[] {size, heads * size, 1});
    }
}
