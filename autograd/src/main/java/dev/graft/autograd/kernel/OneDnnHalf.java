package dev.graft.autograd.kernel;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;

import dev.graft.autograd.kernel.OneDnnPrimitive.Argument;
import org.bytedeco.dnnl.eltwise_backward;
import org.bytedeco.dnnl.eltwise_forward;
import org.bytedeco.dnnl.global.dnnl.prop_kind;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive_attr;

/** Activations of bf16 values by oneDNN. */
final class OneDnnHalf {
    private static final int FORWARD = 11;
    private static final int BACKWARD = 12;

    private final OneDnn dnn;

    OneDnnHalf(OneDnn dnn) {
        this.dnn = dnn;
    }

    /** How bf16 values lie. */
    static memory.desc layout(Inner values) {
        return layout(values.rows(), values.width());
    }

    static memory.desc layout(long rows, long width) {
        return new memory.desc(new long[] {rows, width}, memory.data_type.bf16, new long[] {width, 1});
    }

    void activation(Activation function, Inner x, Inner out) {
        Signature signature = signature(FORWARD, function, x);
        dnn.run(
                signature,
                () -> {
                    memory.desc layout = layout(x);
                    try (var description = description(function, layout)) {
                        return new OneDnnPrimitive(
                                dnn.engine,
                                new eltwise_forward(description),
                                new Argument(DNNL_ARG_SRC, layout),
                                new Argument(DNNL_ARG_DST, layout));
                    }
                },
                x.address(),
                out.address());
    }

    void activationBackward(Activation function, Inner x, Inner dy, Inner dx) {
        Signature signature = signature(BACKWARD, function, x);
        dnn.run(signature, () -> compileBackward(function, layout(x)), x.address(), dy.address(), dx.address());
    }

    private OneDnnPrimitive compileBackward(Activation function, memory.desc layout) {
        try (primitive_attr attributes = dnn.attributes();
                var hint = description(function, layout);
                var description = new eltwise_backward.primitive_desc(
                        dnn.engine,
                        OneDnnRows.algorithmOf(function),
                        layout,
                        layout,
                        layout,
                        OneDnnRows.alpha(function),
                        0f,
                        hint,
                        attributes,
                        false)) {
            return new OneDnnPrimitive(
                    dnn.engine,
                    new eltwise_backward(description),
                    new Argument(DNNL_ARG_SRC, layout),
                    new Argument(DNNL_ARG_DIFF_DST, layout),
                    new Argument(DNNL_ARG_DIFF_SRC, layout));
        }
    }

    private eltwise_forward.primitive_desc description(Activation function, memory.desc layout) {
        try (primitive_attr attributes = dnn.attributes()) {
            return new eltwise_forward.primitive_desc(
                    dnn.engine,
                    prop_kind.forward_training,
                    OneDnnRows.algorithmOf(function),
                    layout,
                    layout,
                    OneDnnRows.alpha(function),
                    0f,
                    attributes,
                    false);
        }
    }

    private static Signature signature(int operation, Activation function, Inner x) {
        return new Signature(operation).add(function.ordinal()).add(x.rows()).add(x.width());
    }
}
