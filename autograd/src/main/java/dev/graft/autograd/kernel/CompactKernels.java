package dev.graft.autograd.kernel;

import dev.graft.autograd.memory.Arena;
import dev.graft.autograd.memory.Tensor;

/** Kernels that know weights in fewer bits than floats, in front of those that do everything else. */
final class CompactKernels extends ForwardingKernels {
    private final CompactProducts products;
    /** Products that oneDNN computes without floats, or null. */
    private final OneDnnCompact direct;

    CompactKernels(Kernels kernels, OneDnnCompact direct) {
        super(kernels);
        this.direct = direct;
        this.products = new CompactProducts(kernels);
    }

    private static boolean anyCompact(Tensor... weights) {
        for (Tensor weight : weights) {
            if (weight.isCompact()) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void product(Tensor a, Tensor b, Tensor out, Epilogue epilogue) {
        if (CompactProducts.serves(b)) {
            compact(a, b, out, epilogue);
        } else {
            super.product(a, b, out, epilogue);
        }
    }

    private void compact(Tensor a, Tensor b, Tensor out, Epilogue epilogue) {
        boolean terms = a.rank() == 2 && a.size(1) > 0 && out.length() > 0;
        if (direct == null || !terms || !(direct.run(a, b, out, epilogue) || activated(a, b, out, epilogue))) {
            products.run(a, b, out, epilogue);
        }
    }

    /** f(a b + bias) in two steps. */
    private boolean activated(Tensor a, Tensor b, Tensor out, Epilogue e) {
        boolean plain = !e.accumulate() && e.addend() == null && e.mask() == null && e.scale() == 1 && out.isDense();
        if (e.function() == null || !plain || !direct.run(a, b, out, new Epilogue(e.bias(), 1f, null, false))) {
            return false;
        }
        super.activation(e.function(), out, out);
        return true;
    }

    @Override
    public Inner inner(Arena arena, long rows, long width, Tensor... weights) {
        return anyCompact(weights) ? Inner.floats(arena, rows, width) : super.inner(arena, rows, width, weights);
    }

    @Override
    public FeedForwardCut feedForward(long rows, long width, Tensor... weights) {
        return anyCompact(weights)
                ? new FeedForwardCut(Cut.rows(rows), width)
                : super.feedForward(rows, width, weights);
    }

    @Override
    public void product(Tensor a, Tensor b, Inner out, Epilogue epilogue) {
        if (CompactProducts.serves(b)) {
            compact(a, b, out.tensor(), epilogue);
        } else {
            super.product(a, b, out, epilogue);
        }
    }

    @Override
    public void product(Inner a, Tensor b, Tensor out, Epilogue epilogue) {
        if (CompactProducts.serves(b)) {
            compact(a.tensor(), b, out, epilogue);
        } else {
            super.product(a, b, out, epilogue);
        }
    }

    @Override
    public void close() {
        products.close();
        if (direct != null) {
            direct.close();
        }
        super.close();
    }
}
