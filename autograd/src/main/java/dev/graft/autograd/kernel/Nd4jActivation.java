package dev.graft.autograd.kernel;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Values and slopes of the activations by ND4J, from their definitions. */
final class Nd4jActivation {
    private static final double TANH_FACTOR = Math.sqrt(2 / Math.PI);

    private Nd4jActivation() {}

    static INDArray value(Activation function, INDArray x) {
        return switch (function) {
            case GELU -> x.mul(normal(x));
            case GELU_TANH -> x.mul(Transforms.tanh(inner(x), true).add(1).mul(0.5));
            case RELU -> x.mul(positive(x));
            case SILU -> x.mul(Transforms.sigmoid(x, true));
            case TANH -> Transforms.tanh(x, true);
            case SIGMOID -> Transforms.sigmoid(x, true);
        };
    }

    static INDArray slope(Activation function, INDArray x) {
        return switch (function) {
            case GELU -> normal(x).add(x.mul(density(x)));
            case GELU_TANH -> tanhGeluSlope(x);
            case RELU -> positive(x);
            case SILU -> siluSlope(x);
            case TANH -> oneMinusSquare(Transforms.tanh(x, true));
            case SIGMOID -> sigmoidSlope(Transforms.sigmoid(x, true));
        };
    }

    /** Phi(x): the normal distribution's cumulative function. */
    private static INDArray normal(INDArray x) {
        return Nd4j.math().erf(x.div(Math.sqrt(2))).add(1).mul(0.5);
    }

    private static INDArray density(INDArray x) {
        return Transforms.exp(x.mul(x).mul(-0.5), true).mul(1 / Math.sqrt(2 * Math.PI));
    }

    private static INDArray positive(INDArray x) {
        return x.gt(0).castTo(x.dataType());
    }

    private static INDArray inner(INDArray x) {
        return x.add(x.mul(x).mul(x).mul(0.044715)).mul(TANH_FACTOR);
    }

    private static INDArray tanhGeluSlope(INDArray x) {
        INDArray t = Transforms.tanh(inner(x), true);
        INDArray innerSlope = x.mul(x).mul(3 * 0.044715).add(1).mul(TANH_FACTOR);
        return t.add(1).mul(0.5).add(x.mul(0.5).mul(oneMinusSquare(t)).mul(innerSlope));
    }

    private static INDArray siluSlope(INDArray x) {
        INDArray s = Transforms.sigmoid(x, true);
        return s.add(x.mul(sigmoidSlope(s)));
    }

    private static INDArray sigmoidSlope(INDArray s) {
        return s.mul(s.rsub(1));
    }

    private static INDArray oneMinusSquare(INDArray t) {
        return t.mul(t).rsub(1);
    }
}
