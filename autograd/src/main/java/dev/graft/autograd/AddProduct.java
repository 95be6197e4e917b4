package dev.graft.autograd;

import dev.graft.autograd.kernel.Epilogue;
import dev.graft.autograd.memory.Tensor;

/** y + s h Wᵀ in one pass: the second half of a low-rank update, added to y, or y to it, as it is computed. */
final class AddProduct {
    private AddProduct() {}

    static Var apply(Var y, Var h, Var weight, float scale) {
        Require.rank(y, 2, "addProduct");
        Require.rank(h, 2, "addProduct");
        Require.rank(weight, 2, "addProduct");
        if (h.size(0) != y.size(0) || h.size(1) != weight.size(1) || y.size(1) != weight.size(0)) {
            throw new IllegalArgumentException("cannot add " + h + " times the transpose of " + weight + " to " + y);
        }
        Tape tape = y.tape();
        Tensor low = h.value();
        Tensor w = weight.value();
        Tensor out = tape.arena().allocate(y.shape());
        PendingLinear base = y.pending();
        Tensor addend = base == null ? y.value() : null;
        tape.kernels().product(low, w.transposed(), out, new Epilogue(null, scale, addend, false));
        if (base != null) {
            base.addTo(out);
        }
        Var result = tape.result(out, y, h, weight);
        if (result.requiresGradient()) {
            tape.record(
                    result,
                    dy -> {
                        tape.contribute(
                                weight,
                                (dw, add) ->
                                        tape.kernels().product(dy.transposed(), low, dw, Epilogue.scaled(scale, add)));
                        tape.contribute(h, (dh, add) -> tape.kernels().product(dy, w, dh, Epilogue.scaled(scale, add)));
                        tape.share(y, dy);
                    },
                    saved(h, low, weight, w));
        }
        return result;
    }

    /** For the gradient of h the weight, for that of the weight h, for that of y nothing. */
    private static Tensor[] saved(Var h, Tensor low, Var weight, Tensor w) {
        if (h.requiresGradient() && weight.requiresGradient()) {
            return new Tensor[] {low, w};
        }
        if (h.requiresGradient()) {
            return new Tensor[] {w};
        }
        return weight.requiresGradient() ? new Tensor[] {low} : new Tensor[0];
    }
}
