package dev.graft.autograd.kernel;

import dev.graft.autograd.memory.Arena;
import dev.graft.autograd.memory.Tensor;

/** Kernels that know weights in fewer bits than floats, in front of those that do everything else. */
final class CompactKernels implements Kernels {
    private final Kernels kernels;
    private final CompactProducts products;
    /** Products that oneDNN computes without floats, or null. */
    private final OneDnnCompact direct;

    CompactKernels(Kernels kernels, OneDnnCompact direct) {
        this.kernels = kernels;
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
            kernels.product(a, b, out, epilogue);
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
        kernels.activation(e.function(), out, out);
        return true;
    }

    @Override
    public Inner inner(Arena arena, long rows, long width, Tensor... weights) {
        return anyCompact(weights) ? Inner.floats(arena, rows, width) : kernels.inner(arena, rows, width, weights);
    }

    @Override
    public FeedForwardCut feedForward(long rows, long width, Tensor... weights) {
        return anyCompact(weights)
                ? new FeedForwardCut(Cut.rows(rows), width)
                : kernels.feedForward(rows, width, weights);
    }

    @Override
    public void product(Tensor a, Tensor b, Inner out, Epilogue epilogue) {
        if (CompactProducts.serves(b)) {
            compact(a, b, out.tensor(), epilogue);
        } else {
            kernels.product(a, b, out, epilogue);
        }
    }

    @Override
    public void product(Inner a, Tensor b, Tensor out, Epilogue epilogue) {
        if (CompactProducts.serves(b)) {
            compact(a.tensor(), b, out, epilogue);
        } else {
            kernels.product(a, b, out, epilogue);
        }
    }

    @Override
    public void activation(Activation function, Inner x, Inner out) {
        kernels.activation(function, x, out);
    }

    @Override
    public void activationBackward(Activation function, Inner x, Inner dy, Inner dx) {
        kernels.activationBackward(function, x, dy, dx);
    }

    @Override
    public void drop(Tensor x, DropoutMask mask, Tensor addend, Tensor out) {
        kernels.drop(x, mask, addend, out);
    }

    @Override
    public void softmax(Tensor x, Tensor out) {
        kernels.softmax(x, out);
    }

    @Override
    public void softmaxBackward(Tensor y, Tensor dy, Tensor dx) {
        kernels.softmaxBackward(y, dy, dx);
    }

    @Override
    public void activation(Activation function, Tensor x, Tensor out) {
        kernels.activation(function, x, out);
    }

    @Override
    public void activationBackward(Activation function, Tensor x, Tensor dy, Tensor dx) {
        kernels.activationBackward(function, x, dy, dx);
    }

    @Override
    public void layerNorm(
            Tensor x, Tensor scale, Tensor shift, float epsilon, Tensor out, Tensor mean, Tensor variance) {
        kernels.layerNorm(x, scale, shift, epsilon, out, mean, variance);
    }

    @Override
    public void layerNormBackward(
            Tensor x,
            Tensor mean,
            Tensor variance,
            Tensor scale,
            float epsilon,
            Tensor dy,
            Tensor dx,
            Tensor dScale,
            Tensor dShift) {
        kernels.layerNormBackward(x, mean, variance, scale, epsilon, dy, dx, dScale, dShift);
    }

    @Override
    public String name() {
        return kernels.name();
    }

    @Override
    public void close() {
        products.close();
        if (direct != null) {
            direct.close();
        }
        kernels.close();
    }
}
