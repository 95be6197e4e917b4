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
}
