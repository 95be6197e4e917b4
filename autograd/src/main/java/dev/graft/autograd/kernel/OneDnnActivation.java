package dev.graft.autograd.kernel;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;

import dev.graft.autograd.kernel.OneDnnPrimitive.Argument;
import dev.graft.autograd.memory.Tensor;
import org.bytedeco.dnnl.eltwise_backward;
import org.bytedeco.dnnl.eltwise_forward;
import org.bytedeco.dnnl.global.dnnl.algorithm;
import org.bytedeco.dnnl.global.dnnl.prop_kind;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.dnnl.primitive_attr;

/** Activations by oneDNN, of tensors and of the bf16 values between two products. */
final class OneDnnActivation {
    private static final int FORWARD = 4;
    private static final int BACKWARD = 5;
    private static final int FORWARD_HALF = 11;
    private static final int BACKWARD_HALF = 12;

    private final OneDnn dnn;

    OneDnnActivation(OneDnn dnn) {
        this.dnn = dnn;
    }

    void run(Activation function, Tensor x, Tensor out) {
        if (x.length() == 0) {
            Misfit.same(x, out);
            return;
        }
        Signature signature =
                new Signature(FORWARD).add(function.ordinal()).add(x).add(out);
        dnn.run(
                signature,
                () -> {
                    Misfit.same(x, out);
                    return compile(function, OneDnn.layout(x), OneDnn.layout(out));
                },
                x.address(),
                out.writable());
    }

    void run(Activation function, Inner x, Inner out) {
        dnn.run(
                half(FORWARD_HALF, function, x),
                () -> {
                    memory.desc layout = OneDnn.half(x.rows(), x.width());
                    return compile(function, layout, layout);
                },
                x.address(),
                out.address());
    }

    void backward(Activation function, Tensor x, Tensor dy, Tensor dx) {
        if (x.length() == 0) {
            Misfit.same(x, dy, dx);
            return;
        }
        Signature signature =
                new Signature(BACKWARD).add(function.ordinal()).add(x).add(dy).add(dx);
        dnn.run(
                signature,
                () -> {
                    Misfit.same(x, dy, dx);
                    return compileBackward(function, OneDnn.layout(x), OneDnn.layout(dy), OneDnn.layout(dx));
                },
                x.address(),
                dy.address(),
                dx.writable());
    }

    void backward(Activation function, Inner x, Inner dy, Inner dx) {
        dnn.run(
                half(BACKWARD_HALF, function, x),
                () -> {
                    memory.desc layout = OneDnn.half(x.rows(), x.width());
                    return compileBackward(function, layout, layout, layout);
                },
                x.address(),
                dy.address(),
                dx.address());
    }

    private static Signature half(int operation, Activation function, Inner x) {
        return new Signature(operation).add(function.ordinal()).add(x.rows()).add(x.width());
    }

    private OneDnnPrimitive compile(Activation function, memory.desc x, memory.desc out) {
        try (var description = description(function, x, out)) {
            return new OneDnnPrimitive(
                    dnn.engine,
                    new eltwise_forward(description),
                    new Argument(DNNL_ARG_SRC, x),
                    new Argument(DNNL_ARG_DST, out));
        }
    }

    private eltwise_forward.primitive_desc description(Activation function, memory.desc x, memory.desc out) {
        try (primitive_attr attributes = dnn.attributes()) {
            return new eltwise_forward.primitive_desc(
                    dnn.engine,
                    prop_kind.forward_training,
                    algorithmOf(function),
                    x,
                    out,
                    alpha(function),
                    0f,
                    attributes,
                    false);
        }
    }

    private OneDnnPrimitive compileBackward(Activation function, memory.desc x, memory.desc dy, memory.desc dx) {
        algorithm kind = algorithmOf(function);
        float alpha = alpha(function);
        try (primitive_attr attributes = dnn.attributes();
                var hint = description(function, x, x);
                var description = new eltwise_backward.primitive_desc(
                        dnn.engine, kind, dx, dy, x, alpha, 0f, hint, attributes, false)) {
            return new OneDnnPrimitive(
                    dnn.engine,
                    new eltwise_backward(description),
                    new Argument(DNNL_ARG_SRC, x),
                    new Argument(DNNL_ARG_DIFF_DST, dy),
                    new Argument(DNNL_ARG_DIFF_SRC, dx));
        }
    }

    /** An activation as the next step behind a product. */
    static void append(Activation function, post_ops operations) {
        operations.append_eltwise(algorithmOf(function), alpha(function), 0f);
    }

    private static float alpha(Activation function) {
        return function == Activation.SILU ? 1f : 0f;
    }

    private static algorithm algorithmOf(Activation function) {
        return switch (function) {
            case GELU -> algorithm.eltwise_gelu_erf;
            case GELU_TANH -> algorithm.eltwise_gelu_tanh;
            case RELU -> algorithm.eltwise_relu;
            case SILU -> algorithm.eltwise_swish;
            case TANH -> algorithm.eltwise_tanh;
            case SIGMOID -> algorithm.eltwise_logistic;
        };
    }
}
