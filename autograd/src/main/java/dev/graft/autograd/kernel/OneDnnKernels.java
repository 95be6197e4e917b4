package dev.graft.autograd.kernel;

import dev.graft.autograd.memory.Tensor;

/** The fast kernels: oneDNN, called on the addresses of ND4J's memory, with strides in place of copies. */
final class OneDnnKernels implements Kernels {
    private final OneDnn dnn;
    private final OneDnnProduct product;
    private final OneDnnRows rows;
    private final OneDnnNorm norm;

    OneDnnKernels(MathMode math) {
        dnn = new OneDnn(math);
        product = new OneDnnProduct(dnn);
        rows = new OneDnnRows(dnn);
        norm = new OneDnnNorm(dnn);
    }

    @Override
    public void product(Tensor a, Tensor b, Tensor out, Epilogue epilogue) {
        product.run(a, b, out, epilogue);
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
        rows.activation(function, x, out);
    }

    @Override
    public void activationBackward(Activation function, Tensor x, Tensor dy, Tensor dx) {
        rows.activationBackward(function, x, dy, dx);
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
