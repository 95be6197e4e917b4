package dev.graft.autograd;

import dev.graft.autograd.kernel.Activation;
import dev.graft.autograd.memory.Tensor;

/** Activations on the tape; the input is saved. */
final class Activations {
    private Activations() {}

    static Var apply(Activation function, Var x) {
        Tape tape = x.tape();
        Tensor from = x.value();
        Tensor out = tape.arena().allocate(x.shape());
        tape.kernels().activation(function, from, out);
        Var result = tape.result(out, x);
        if (result.requiresGradient()) {
            tape.record(
                    result,
                    dy -> {
                        Tensor dx = tape.arena().allocate(x.shape());
                        tape.kernels().activationBackward(function, from, dy, dx);
                        tape.give(x, dx);
                    },
                    from);
        }
        return result;
    }

    static Activation named(String name) {
        return switch (name) {
            case "gelu" -> Activation.GELU;
            case "gelu_new", "gelu_pytorch_tanh", "gelu_fast" -> Activation.GELU_TANH;
            case "relu" -> Activation.RELU;
            case "silu", "swish" -> Activation.SILU;
            case "tanh" -> Activation.TANH;
            case "sigmoid" -> Activation.SIGMOID;
            default ->
                throw new IllegalArgumentException(
                        "activation '" + name
                                + "' is unknown; allowed: gelu, gelu_new, gelu_pytorch_tanh, gelu_fast, relu, silu, swish, tanh, sigmoid");
        };
    }
}
