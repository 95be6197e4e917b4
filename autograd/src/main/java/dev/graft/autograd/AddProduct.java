package dev.graft.autograd;

import dev.graft.autograd.kernel.Cut;
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
        Tensor w = weight.value();
        Tensor out = tape.arena().allocate(y.shape());
        if (y.pending() == null) {
            tape.kernels().product(h.value(), w.transposed(), out, new Epilogue(null, scale, y.value(), false));
        } else {
            forward(y.pending(), h, w, scale, out);
        }
        Tensor low = h.value();
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

    /** Some rows at a time: all three products find them in the cache. */
    private static void forward(PendingLinear base, Var h, Tensor w, float scale, Tensor out) {
        Tape tape = h.tape();
        PendingLinear first = h.pending();
        Tensor low = first == null ? h.value() : tape.arena().allocate(h.shape());
        Cut rows = Cut.rows(out.size(0));
        for (long piece = 0; piece < rows.count(); piece++) {
            long from = rows.start(piece);
            long to = rows.start(piece + 1);
            if (first != null) {
                first.write(from, to, low, false);
            }
            tape.kernels()
                    .product(low.rows(from, to), w.transposed(), out.rows(from, to), Epilogue.scaled(scale, false));
            base.write(from, to, out, true);
        }
        if (first != null) {
            h.settle(low);
        }
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
