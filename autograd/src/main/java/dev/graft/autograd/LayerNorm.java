package dev.graft.autograd;

import dev.graft.autograd.memory.Tensor;

/** Layer normalisation (Ba et al. 2016, equation 4) of each row. */
final class LayerNorm {
    private LayerNorm() {}

    static Var apply(Var x, Var scale, Var shift, float epsilon) {
        Require.rows(x, "layerNorm");
        Require.shape(scale, "the scale", x.size(1));
        Require.shape(shift, "the shift", x.size(1));
        Tape tape = x.tape();
        Tensor from = x.value();
        Tensor gamma = scale.value();
        Tensor out = tape.arena().allocate(x.shape());
        Tensor mean = tape.arena().allocate(x.size(0));
        Tensor variance = tape.arena().allocate(x.size(0));
        tape.kernels().layerNorm(from, gamma, shift.value(), epsilon, out, mean, variance);
        Var result = tape.result(out, x, scale, shift);
        if (result.requiresGradient()) {
            tape.record(
                    result,
                    dy -> backward(
                            tape, new Var[] {x, scale, shift}, new Tensor[] {from, mean, variance, gamma}, epsilon, dy),
                    from,
                    mean,
                    variance,
                    gamma);
        }
        mean.release();
        variance.release();
        return result;
    }

    private static void backward(Tape tape, Var[] inputs, Tensor[] saved, float epsilon, Tensor dy) {
        Tensor dx = tape.arena().allocate(dy.shape());
        Tensor dScale = tape.arena().allocate(dy.size(-1));
        Tensor dShift = tape.arena().allocate(dy.size(-1));
        tape.kernels().layerNormBackward(saved[0], saved[1], saved[2], saved[3], epsilon, dy, dx, dScale, dShift);
        tape.give(inputs[0], dx);
        tape.give(inputs[1], dScale);
        tape.give(inputs[2], dShift);
    }
}
