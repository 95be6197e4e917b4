package dev.graft.autograd;

import dev.graft.autograd.kernel.DropoutMask;
import dev.graft.autograd.kernel.Epilogue;
import dev.graft.autograd.memory.Shapes;
import dev.graft.autograd.memory.Tensor;
import java.util.ArrayList;
import java.util.List;

/** y = x Wᵀ + b, dropped out and added to a residual where asked. A frozen weight saves nothing. */
final class Linear {
    private Linear() {}

    static Var apply(Var x, Var weight, Var bias, Var residual, double dropout, CounterRandom random) {
        check(x, weight, bias, residual);
        Tape tape = x.tape();
        Tensor w = weight.value();
        Tensor from = x.value();
        long length = x.size(0) * weight.size(0);
        DropoutMask mask = dropout == 0 ? null : Dropout.mask(tape, length, dropout, random);
        Tensor row = bias == null ? null : bias.value();
        Var y = mask == null && residual == null
                ? tape.result(new PendingLinear(tape, from, w, row), x, weight, bias)
                : tape.result(product(tape, from, w, row, mask, residual), x, weight, bias, residual);
        if (y.requiresGradient()) {
            List<Tensor> saved = new ArrayList<>(List.of(w));
            if (weight.requiresGradient()) {
                saved.add(from);
            }
            if (mask != null) {
                saved.add(mask.bytes());
            }
            Var[] inputs = {x, weight, bias};
            tape.record(
                    y,
                    dy -> {
                        backward(tape, inputs, from, w, mask, dy);
                        tape.share(residual, dy);
                    },
                    saved.toArray(Tensor[]::new));
        }
        if (mask != null) {
            mask.bytes().release();
        }
        return y;
    }

    private static Tensor product(Tape tape, Tensor x, Tensor weight, Tensor bias, DropoutMask mask, Var residual) {
        Tensor added = residual == null ? null : residual.value();
        // [rows, in] [in, out] -> [rows, out]
        Tensor out = tape.arena().allocate(x.size(0), weight.size(0));
        tape.kernels().product(x, weight.transposed(), out, new Epilogue(bias, 1f, mask, added, false));
        return out;
    }

    private static void check(Var x, Var weight, Var bias, Var residual) {
        Require.rank(x, 2, "linear");
        Require.rank(weight, 2, "the weight of linear");
        if (x.size(1) != weight.size(1)) {
            throw new IllegalArgumentException(
                    "input " + Shapes.text(x.shape()) + " does not fit weight " + Shapes.text(weight.shape()));
        }
        if (bias != null) {
            Require.shape(bias, "the bias", weight.size(0));
        }
        if (residual != null) {
            Require.shape(residual, "the residual", x.size(0), weight.size(0));
        }
    }

    private static void backward(Tape tape, Var[] inputs, Tensor x, Tensor w, DropoutMask mask, Tensor dy) {
        if (mask != null) {
            Tensor kept = Dropout.gradient(tape, dy, mask);
            backward(tape, inputs, x, w, null, kept);
            kept.release();
            return;
        }
        tape.contribute(inputs[0], (dx, add) -> tape.kernels().product(dy, w, dx, Epilogue.of(add)));
        tape.contribute(inputs[1], (dw, add) -> tape.kernels().product(dy.transposed(), x, dw, Epilogue.of(add)));
        tape.contribute(inputs[2], (db, add) -> tape.elementwise().columnSums(dy, null, db, add));
    }
}
