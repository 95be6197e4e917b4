package dev.graft.autograd;

import dev.graft.autograd.kernel.DropoutMask;
import dev.graft.autograd.memory.Tensor;

/** Dropout (Srivastava et al. 2014), scaled in training; its mask of one byte an element is kept for the gradient. */
final class Dropout {
    private Dropout() {}

    /** mask * x. */
    static Var apply(Var x, double probability, CounterRandom random) {
        return probability == 0 ? x : apply(x, null, probability, random);
    }

    /** mask * x + residual in one pass. */
    static Var apply(Var x, Var residual, double probability, CounterRandom random) {
        if (residual != null) {
            Require.shape(residual, "the residual", x.shape());
        }
        Tape tape = x.tape();
        DropoutMask mask = mask(tape, x.value().length(), probability, random);
        Tensor out = tape.arena().allocate(x.shape());
        tape.kernels().drop(x.value(), mask, residual == null ? null : residual.value(), out);
        Var result = tape.result(out, x, residual);
        if (result.requiresGradient()) {
            tape.record(
                    result,
                    dy -> {
                        if (x.requiresGradient()) {
                            tape.give(x, gradient(tape, dy, mask));
                        }
                        tape.share(residual, dy);
                    },
                    mask.bytes());
        }
        mask.bytes().release();
        return result;
    }

    /** A new mask; the caller releases its bytes. */
    static DropoutMask mask(Tape tape, long length, double probability, CounterRandom random) {
        if (!(probability >= 0 && probability < 1)) {
            throw new IllegalArgumentException("a dropout probability is from 0 to below 1, not " + probability);
        }
        return DropoutMask.draw(tape.arena(), length, probability, random.bits(0));
    }

    /** mask * dy; the caller releases it. */
    static Tensor gradient(Tape tape, Tensor dy, DropoutMask mask) {
        Tensor dx = tape.arena().allocate(dy.shape());
        tape.kernels().drop(dy, mask, null, dx);
        return dx;
    }
}
