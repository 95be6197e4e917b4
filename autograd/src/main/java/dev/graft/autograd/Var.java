package dev.graft.autograd;

import dev.graft.autograd.kernel.Activation;
import dev.graft.autograd.memory.Shapes;
import dev.graft.autograd.memory.Tensor;

/**
 * A value on a tape, with the operations that methods are built from. It never hands out its array.
 *
 * <p>Shapes are [rows, width] unless said otherwise. Operations throw {@link IllegalArgumentException} if shapes do
 * not fit. A value is valid until its tape or scope is closed, on the tape's thread.
 */
public final class Var {
    private final Tape tape;
    private final boolean requiresGradient;
    private final long[] shape;
    private Tensor value;

    /** How to compute the value at its first use; null where it is there. */
    private PendingLinear pending;

    Tensor gradient;

    /** True after the backward pass through the operation that computed this. */
    boolean spent;

    /** Memory of the caller's that the gradient goes to, or null: then it comes from the arena. */
    final Tensor sink;

    Var(Tape tape, Tensor value, boolean requiresGradient) {
        this(tape, value, requiresGradient, null);
    }

    Var(Tape tape, Tensor value, boolean requiresGradient, Tensor sink) {
        this.sink = sink;
        this.tape = tape;
        this.value = value;
        this.shape = value.shape();
        this.requiresGradient = requiresGradient;
    }

    Var(Tape tape, PendingLinear pending, boolean requiresGradient) {
        this.sink = null;
        this.tape = tape;
        this.pending = pending;
        this.shape = pending.shape();
        this.requiresGradient = requiresGradient;
    }

    Tape tape() {
        return tape;
    }

    Tensor value() {
        if (pending != null) {
            value = pending.compute();
            settle();
        }
        if (value == null) {
            throw new IllegalStateException("a value was used after its scope ended");
        }
        return value;
    }

    /** The product that this stands for, if nobody has read it yet; or null. */
    PendingLinear pending() {
        return pending;
    }

    /** Computed outside, into memory that is now this one's. */
    void settle(Tensor computed) {
        settle();
        value = computed;
    }

    private void settle() {
        pending.release();
        pending = null;
    }

    void free() {
        if (pending != null) {
            settle();
        }
        if (value != null) {
            value.release();
            value = null;
        }
    }

    /** A copy of the shape. */
    public long[] shape() {
        return shape.clone();
    }

    /** Extent of a dimension; negative counts from the end. */
    public long size(int dimension) {
        return shape[dimension < 0 ? shape.length + dimension : dimension];
    }

    /** True if something trainable leads here. */
    public boolean requiresGradient() {
        return requiresGradient;
    }

    /** x Wᵀ + b: weight [out, in], bias [out] or null; [rows, in] becomes [rows, out]. */
    public Var linear(Var weight, Var bias) {
        return Linear.apply(this, weight, bias, null, 0, null);
    }

    /** x Wᵀ + b + residual in one pass; residual [rows, out]. */
    public Var linear(Var weight, Var bias, Var residual) {
        return Linear.apply(this, weight, bias, residual, 0, null);
    }

    /** dropout(x Wᵀ + b) + residual in one pass; residual [rows, out]. */
    public Var linear(Var weight, Var bias, Var residual, double dropout, CounterRandom mask) {
        return Linear.apply(this, weight, bias, residual, dropout, mask);
    }

    /**
     * A feed-forward sub-layer of frozen weights, dropout(f(x Uᵀ + a) Dᵀ + b) + residual, whose wide inner values never
     * leave the cache.
     *
     * @param up U [inner, in] and its bias [inner] or null
     * @param down D [out, inner] and its bias [out] or null
     * @param activation f, by the name that config.json uses
     * @param residual [rows, out]
     * @param dropout probability, in training
     * @param mask the randomness of the dropout, or null without
     */
    public Var feedForward(Var[] up, Var[] down, String activation, Var residual, double dropout, CounterRandom mask) {
        return FeedForward.apply(this, up, down, Activations.named(activation), residual, dropout, mask);
    }

    /** this + scale * h Wᵀ, as LoRA adds its product: h [rows, k], weight [width, k]. */
    public Var addProduct(Var h, Var weight, double scale) {
        return AddProduct.apply(this, h, weight, (float) scale);
    }

    /** Matrix product [rows, k] [k, columns]; more dimensions in front are a batch. */
    public Var matmul(Var other) {
        return MatMul.apply(this, other);
    }

    /** The last two dimensions exchanged. */
    public Var transpose() {
        return Views.transpose(this);
    }

    /** The same elements under another shape. */
    public Var reshape(long... shape) {
        return Views.reshape(this, shape);
    }

    /** Sum; the other has the same shape, or is a row [width] added to every row. */
    public Var add(Var other) {
        return Arithmetic.add(this, other);
    }

    /** Difference of values of one shape. */
    public Var subtract(Var other) {
        return Arithmetic.add(this, other.multiply(-1));
    }

    /** Product; the other has the same shape, is a row [width], or a column [rows, 1]. */
    public Var multiply(Var other) {
        return Arithmetic.multiply(this, other);
    }

    /** Every element times a number. */
    public Var multiply(double factor) {
        return Arithmetic.scale(this, (float) factor);
    }

    /** 1 / x, elementwise. */
    public Var reciprocal() {
        return Arithmetic.reciprocal(this);
    }

    /** Sum of all elements, a scalar of shape [1]. */
    public Var sum() {
        return Arithmetic.sum(this);
    }

    /** x Phi(x), exact. */
    public Var gelu() {
        return Activations.apply(Activation.GELU, this);
    }

    /** Rectifier. */
    public Var relu() {
        return Activations.apply(Activation.RELU, this);
    }

    /** Hyperbolic tangent. */
    public Var tanh() {
        return Activations.apply(Activation.TANH, this);
    }

    /** x sigmoid(x). */
    public Var silu() {
        return Activations.apply(Activation.SILU, this);
    }

    /** An activation by the name that config.json uses: gelu, gelu_new, relu, silu, swish, tanh, sigmoid. */
    public Var activation(String name) {
        return Activations.apply(Activations.named(name), this);
    }

    /** silu(this) * up, the gate of LLaMA's feed-forward layer. */
    public Var gate(Var up) {
        return Gate.apply(Activation.SILU, this, up);
    }

    /** f(this) * up of one shape, f by the name that config.json uses. */
    public Var gate(String activation, Var up) {
        return Gate.apply(Activations.named(activation), this, up);
    }

    /** Softmax over the last dimension. */
    public Var softmax() {
        return Softmax.apply(this);
    }

    /** Layer normalisation of each row: scale and shift [width]. */
    public Var layerNorm(Var scale, Var shift, double epsilon) {
        return LayerNorm.apply(this, scale, shift, (float) epsilon);
    }

    /** x / sqrt(mean(x^2) + epsilon) * scale, each row: scale [width]. */
    public Var rmsNorm(Var scale, double epsilon) {
        return RmsNorm.apply(this, scale, 0f, (float) epsilon);
    }

    /** x / sqrt(mean(x^2) + epsilon) * (offset + scale), each row: scale [width]; Gemma has an offset of 1. */
    public Var rmsNorm(Var scale, double offset, double epsilon) {
        return RmsNorm.apply(this, scale, (float) offset, (float) epsilon);
    }

    /** Euclidean norm of each row: [rows, width] becomes [rows, 1]. */
    public Var rowNorm() {
        return RowNorm.apply(this);
    }

    /** Rows from (inclusive) to to (exclusive). */
    public Var rows(long from, long to) {
        return Views.narrow(this, 0, from, to);
    }

    /** Columns from (inclusive) to to (exclusive) of [rows, width]; a copy. */
    public Var columns(long from, long to) {
        return Views.columns(this, from, to);
    }

    /** Columns from..to without a copy: rows keep their distance, which attention and products can read. */
    public Var columnView(long from, long to) {
        return Views.narrow(this, 1, from, to);
    }

    /** Values of one width below one another. */
    public static Var concat(Var... parts) {
        return Concat.rows(parts);
    }

    /** The mean of each sequence's rows: [sequences, width]. */
    public Var mean(Sequences sequences) {
        return MeanRows.apply(this, sequences);
    }

    /** [heads, rows, head size] as [rows, heads * head size]; a copy. */
    public Var mergeHeads() {
        return Views.mergeHeads(this);
    }

    /** Rows of this table [entries, width] by number. */
    public Var gather(int... indices) {
        return Gather.apply(this, indices);
    }

    /** Drops elements with a probability and scales the rest by 1 / (1 - probability). */
    public Var dropout(double probability, CounterRandom mask) {
        return Dropout.apply(this, probability, mask);
    }

    /** Dropout, plus a residual, in one pass. */
    public Var dropout(double probability, CounterRandom mask, Var residual) {
        return probability == 0 ? add(residual) : Dropout.apply(this, residual, probability, mask);
    }

    /** The value without its history. */
    public Var detach() {
        return Views.detach(this);
    }

    /** An operation with its own backward pass, over copies of the inputs. */
    public static Var custom(CustomOperation operation, Var... inputs) {
        return Custom.apply(operation, inputs);
    }

    @Override
    public String toString() {
        return "Var" + Shapes.text(shape);
    }
}
