package dev.graft.autograd;

import dev.graft.autograd.kernel.Epilogue;
import dev.graft.autograd.memory.Tensor;

/** Matrix product over the last two dimensions, of values with equal leading dimensions. */
final class MatMul {
    private MatMul() {}

    static Var apply(Var a, Var b) {
        Tensor left = a.value();
        Tensor right = b.value();
        long[] shape = left.shape();
        boolean fits = left.rank() >= 2 && left.rank() == right.rank() && left.size(-1) == right.size(-2);
        for (int d = 0; fits && d < shape.length - 2; d++) {
            fits = left.size(d) == right.size(d);
        }
        if (!fits) {
            throw new IllegalArgumentException("cannot multiply " + a + " by " + b);
        }
        shape[shape.length - 1] = right.size(-1);
        Tape tape = a.tape();
        Tensor out = tape.arena().allocate(shape);
        tape.kernels().product(left, right, out, Epilogue.NONE);
        Var result = tape.result(out, a, b);
        if (result.requiresGradient()) {
            tape.record(
                    result,
                    dy -> {
                        tape.contribute(
                                a, (da, add) -> tape.kernels().product(dy, right.transposed(), da, Epilogue.of(add)));
                        tape.contribute(
                                b, (db, add) -> tape.kernels().product(left.transposed(), dy, db, Epilogue.of(add)));
                    },
                    saved(a, left, b, right));
        }
        return result;
    }

    /** For the gradient of a the value of b, and the other way round. */
    private static Tensor[] saved(Var a, Tensor left, Var b, Tensor right) {
        if (a.requiresGradient() && b.requiresGradient()) {
            return new Tensor[] {left, right};
        }
        return new Tensor[] {a.requiresGradient() ? right : left};
    }
}
