package dev.graft.autograd;

import dev.graft.autograd.kernel.Activation;
import dev.graft.autograd.memory.Tensor;

/** f(gate) * up, the inner value of a gated feed-forward layer (Shazeer 2020, arXiv 2002.05202, equation 6). */
final class Gate {
    private Gate() {}

    static Var apply(Activation function, Var gate, Var up) {
        Require.shape(up, "what is gated", gate.shape());
        Tape tape = gate.tape();
        Tensor x = gate.value();
        Tensor factor = up.value();
        Tensor out = tape.arena().allocate(gate.shape());
        tape.kernels().activation(function, x, out);
        tape.elementwise().multiply(out, factor, out);
        Var result = tape.result(out, gate, up);
        if (result.requiresGradient()) {
            tape.record(result, dy -> backward(tape, function, gate, up, x, factor, dy), x, factor);
        }
        return result;
    }

    private static void backward(Tape tape, Activation function, Var gate, Var up, Tensor x, Tensor factor, Tensor dy) {
        if (up.requiresGradient()) {
            Tensor inner = tape.arena().allocate(dy.shape());
            tape.kernels().activation(function, x, inner);
            tape.elementwise().multiply(inner, dy, inner);
            tape.give(up, inner);
        }
        if (gate.requiresGradient()) {
            Tensor through = tape.arena().allocate(dy.shape());
            tape.elementwise().multiply(dy, factor, through);
            Tensor dx = tape.arena().allocate(dy.shape());
            tape.kernels().activationBackward(function, x, through, dx);
            through.release();
            tape.give(gate, dx);
        }
    }
}
