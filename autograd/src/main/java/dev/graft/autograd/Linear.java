package dev.graft.autograd;

import dev.graft.autograd.kernel.Epilogue;
import dev.graft.autograd.memory.Shapes;
import dev.graft.autograd.memory.Tensor;

/** y = x Wᵀ + b (+ residual). A frozen weight saves nothing. */
final class Linear {
    private Linear() {}

    static Var apply(Var x, Var weight, Var bias, Var residual) {
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
        Tape tape = x.tape();
        Tensor w = weight.value();
        Tensor from = x.value();
        // [rows, in] [in, out] -> [rows, out]
        Tensor out = tape.arena().allocate(x.size(0), weight.size(0));
        Tensor added = residual == null ? null : residual.value();
        tape.kernels()
                .product(from, w.transposed(), out, new Epilogue(bias == null ? null : bias.value(), 1f, added, false));
        Var y = tape.result(out, x, weight, bias, residual);
        if (y.requiresGradient()) {
            Tensor[] saved = weight.requiresGradient() ? new Tensor[] {from, w} : new Tensor[] {w};
            tape.record(y, gradient -> backward(tape, new Var[] {x, weight, bias, residual}, from, w, gradient), saved);
        }
        return y;
    }

    private static void backward(Tape tape, Var[] inputs, Tensor x, Tensor w, Tensor dy) {
        tape.contribute(inputs[0], (dx, add) -> tape.kernels().product(dy, w, dx, Epilogue.of(add)));
        tape.contribute(inputs[1], (dw, add) -> tape.kernels().product(dy.transposed(), x, dw, Epilogue.of(add)));
        tape.contribute(inputs[2], (db, add) -> tape.elementwise().columnSums(dy, null, db, add));
        tape.share(inputs[3], dy);
    }
}
