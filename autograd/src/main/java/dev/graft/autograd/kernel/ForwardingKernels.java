package dev.graft.autograd.kernel;

import dev.graft.autograd.memory.Arena;
import dev.graft.autograd.memory.Tensor;

/** Kernels that stand in front of others: what a subclass does not do itself, these do. */
public abstract class ForwardingKernels implements Kernels {
    private final Kernels kernels;

    /** In front of others, which are closed with these. */
    protected ForwardingKernels(Kernels kernels) {
        this.kernels = kernels;
    }

    @Override
    public void product(Tensor a, Tensor b, Tensor out, Epilogue epilogue) {
        kernels.product(a, b, out, epilogue);
    }

    @Override
    public void product(Tensor a, Tensor b, Inner out, Epilogue epilogue) {
        kernels.product(a, b, out, epilogue);
    }

    @Override
    public void product(Inner a, Tensor b, Tensor out, Epilogue epilogue) {
        kernels.product(a, b, out, epilogue);
    }

    @Override
    public Inner inner(Arena arena, long rows, long width, Tensor... weights) {
        return kernels.inner(arena, rows, width, weights);
    }

    @Override
    public FeedForwardCut feedForward(long rows, long width, Tensor... weights) {
        return kernels.feedForward(rows, width, weights);
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
        kernels.close();
    }
}
