package dev.graft.autograd.kernel;

import dev.graft.autograd.memory.Arena;
import dev.graft.autograd.memory.Tensor;

/**
 * The operations worth a native kernel. Results are written to tensors that the caller provides and that no input
 * overlaps, except where a method says so. An instance belongs to one thread.
 */
public interface Kernels extends AutoCloseable {
    /**
     * Matrix product over the last two dimensions; leading dimensions are a batch.
     *
     * @param a [..., m, k], any strides
     * @param b [..., k, n], any strides
     * @param out [..., m, n]
     */
    void product(Tensor a, Tensor b, Tensor out, Epilogue epilogue);

    /**
     * Lends memory for values [rows, width] between two products, in the type that suits these kernels.
     *
     * @param weights what the values come from and go to, [k, n] each
     */
    default Inner inner(Arena arena, long rows, long width, Tensor... weights) {
        return Inner.floats(arena, rows, width);
    }

    /**
     * How much of a feed-forward layer these kernels like at a time.
     *
     * @param rows of its input
     * @param width its inner columns
     * @param weights of its two products, frozen
     */
    default FeedForwardCut feedForward(long rows, long width, Tensor... weights) {
        return new FeedForwardCut(Cut.rows(rows), width);
    }

    /** Matrix product into inner values: bias and activation may follow, nothing else. */
    default void product(Tensor a, Tensor b, Inner out, Epilogue epilogue) {
        product(a, b, out.tensor(), epilogue);
    }

    /** Matrix product of inner values. */
    default void product(Inner a, Tensor b, Tensor out, Epilogue epilogue) {
        product(a.tensor(), b, out, epilogue);
    }

    /** Applies an activation to inner values. */
    default void activation(Activation function, Inner x, Inner out) {
        activation(function, x.tensor(), out.tensor());
    }

    /** Gradient of an activation of inner values from its input x. */
    default void activationBackward(Activation function, Inner x, Inner dy, Inner dx) {
        activationBackward(function, x.tensor(), dy.tensor(), dx.tensor());
    }

    /**
     * Dropout: out = mask * x, plus the addend where given. All are dense and of one shape; {@code out} may be x or the
     * addend.
     *
     * @param addend or null
     */
    void drop(Tensor x, DropoutMask mask, Tensor addend, Tensor out);

    /** Softmax over the last dimension; {@code out} may be {@code x}. */
    void softmax(Tensor x, Tensor out);

    /** Gradient of softmax from its result y; {@code dx} may be {@code dy}. */
    void softmaxBackward(Tensor y, Tensor dy, Tensor dx);

    /** Applies an activation; {@code out} may be {@code x}. */
    void activation(Activation function, Tensor x, Tensor out);

    /** Gradient of an activation from its input x; {@code dx} may be {@code dy}. */
    void activationBackward(Activation function, Tensor x, Tensor dy, Tensor dx);

    /**
     * Layer normalisation of each row; mean and variance are kept for the gradient. All tensors are dense.
     *
     * @param x [rows, width]
     * @param scale [width]
     * @param shift [width]
     * @param mean [rows], written
     * @param variance [rows], written
     */
    void layerNorm(Tensor x, Tensor scale, Tensor shift, float epsilon, Tensor out, Tensor mean, Tensor variance);

    /**
     * Gradients of layer normalisation. All tensors are dense.
     *
     * @param dScale [width], written
     * @param dShift [width], written
     */
    void layerNormBackward(
            Tensor x,
            Tensor mean,
            Tensor variance,
            Tensor scale,
            float epsilon,
            Tensor dy,
            Tensor dx,
            Tensor dScale,
            Tensor dShift);

    /** Name for records: onednn or nd4j. */
    String name();

    /** Gives native resources back. */
    @Override
    void close();
}
