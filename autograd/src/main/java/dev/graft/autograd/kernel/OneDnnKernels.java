package dev.graft.autograd.kernel;

import dev.graft.autograd.memory.Arena;
import dev.graft.autograd.memory.Tensor;
import java.util.stream.Stream;

/** The fast kernels: oneDNN, called on the addresses of ND4J's memory, with strides in place of copies. */
final class OneDnnKernels implements Kernels {
    private final OneDnn dnn;
    private final OneDnnProduct product;
    private final OneDnnRows rows;
    private final OneDnnNorm norm;
    private final OneDnnActivation activation;

    OneDnnKernels(MathMode math) {
        dnn = new OneDnn(math);
        product = new OneDnnProduct(dnn);
        rows = new OneDnnRows(dnn);
        norm = new OneDnnNorm(dnn);
        activation = new OneDnnActivation(dnn);
    }

    @Override
    public void product(Tensor a, Tensor b, Tensor out, Epilogue epilogue) {
        product.run(a, b, out, epilogue);
    }

    @Override
    public Inner inner(Arena arena, long rows, long width, Tensor... weights) {
        boolean halves = Stream.of(weights).allMatch(product::takesHalves);
        return halves ? Inner.halves(arena, rows, width) : Inner.floats(arena, rows, width);
    }

    @Override
    public FeedForwardCut feedForward(long rows, long width, Tensor... weights) {
        return product.feedForward(rows, width, weights);
    }

    @Override
    public void product(Tensor a, Tensor b, Inner out, Epilogue epilogue) {
        if (out.isHalf()) {
            product.run(a, b, out, epilogue);
        } else {
            product.run(a, b, out.tensor(), epilogue);
        }
    }

    @Override
    public void product(Inner a, Tensor b, Tensor out, Epilogue epilogue) {
        if (a.isHalf()) {
            product.run(a, b, out, epilogue);
        } else {
            product.run(a.tensor(), b, out, epilogue);
        }
    }

    @Override
    public void activation(Activation function, Inner x, Inner out) {
        if (x.isHalf()) {
            activation.run(function, x, out);
        } else {
            activation.run(function, x.tensor(), out.tensor());
        }
    }

    @Override
    public void activationBackward(Activation function, Inner x, Inner dy, Inner dx) {
        if (x.isHalf()) {
            activation.backward(function, x, dy, dx);
        } else {
            activation.backward(function, x.tensor(), dy.tensor(), dx.tensor());
        }
    }

    @Override
    public void drop(Tensor x, DropoutMask mask, Tensor addend, Tensor out) {
        rows.drop(x, mask, addend, out);
    }

    @Override
    public void softmax(Tensor x, Tensor out) {
        rows.softmax(x, out);
    }

    @Override
    public void softmaxBackward(Tensor y, Tensor dy, Tensor dx) {
        rows.softmaxBackward(y, dy, dx);
    }

    @Override
    public void activation(Activation function, Tensor x, Tensor out) {
        activation.run(function, x, out);
    }

    @Override
    public void activationBackward(Activation function, Tensor x, Tensor dy, Tensor dx) {
        activation.backward(function, x, dy, dx);
    }

    @Override
    public void layerNorm(
            Tensor x, Tensor scale, Tensor shift, float epsilon, Tensor out, Tensor mean, Tensor variance) {
        norm.forward(x, scale, shift, epsilon, out, mean, variance);
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
        norm.backward(x, mean, variance, scale, epsilon, dy, dx, dScale, dShift);
    }

    @Override
    public String name() {
        return "onednn";
    }

    @Override
    public void close() {
        product.close();
        dnn.close();
    }
}
