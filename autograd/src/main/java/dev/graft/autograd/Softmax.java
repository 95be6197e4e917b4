package dev.graft.autograd;

import dev.graft.autograd.memory.Tensor;

/** Softmax over the last dimension; the result is saved. */
final class Softmax {
    private Softmax() {}

    static Var apply(Var x) {
        Tape tape = x.tape();
        Tensor y = tape.arena().allocate(x.shape());
        tape.kernels().softmax(x.value(), y);
        Var result = tape.result(y, x);
        if (result.requiresGradient()) {
            tape.record(
                    result,
                    dy -> {
                        Tensor dx = tape.arena().allocate(x.shape());
                        tape.kernels().softmaxBackward(y, dy, dx);
                        tape.give(x, dx);
                    },
                    y);
        }
        return result;
    }
}
