package dev.graft.autograd;

import dev.graft.autograd.kernel.DropoutMask;
import dev.graft.autograd.memory.Tensor;

/** Dropout (Srivastava et al. 2014), scaled in training; its mask is drawn again in the backward pass. */
final class Dropout {
    private Dropout() {}

    /** mask * x. */
    static Var apply(Var x, double probability, CounterRandom random) {
        return probability == 0 ? x : apply(x, null, probability, random);
    }

    /** mask * x + residual in one pass. */
    static Var apply(Var x, Var residual, double probability, CounterRandom random) {
        if (!(probability >= 0 && probability < 1)) {
            throw new IllegalArgumentException("a dropout probability is from 0 to below 1, not " + probability);
        }
        if (residual != null) {
            Require.shape(residual, "the residual", x.shape());
        }
        Tape tape = x.tape();
        long key = random.bits(0);
        Tensor out = tape.arena().allocate(x.shape());
        new DropoutMask(probability, key).apply(x.value(), residual == null ? null : residual.value(), out);
        Var result = tape.result(out, x, residual);
        if (result.requiresGradient()) {
            tape.record(result, dy -> {
                if (x.requiresGradient()) {
                    Tensor dx = tape.arena().allocate(dy.shape());
                    new DropoutMask(probability, key).apply(dy, null, dx);
                    tape.give(x, dx);
                }
                tape.share(residual, dy);
            });
        }
        return result;
    }
}
