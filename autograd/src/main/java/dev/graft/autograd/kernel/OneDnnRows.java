package dev.graft.autograd.kernel;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_0;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_1;

import dev.graft.autograd.kernel.OneDnnPrimitive.Argument;
import dev.graft.autograd.memory.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.binary;
import org.bytedeco.dnnl.global.dnnl.algorithm;
import org.bytedeco.dnnl.global.dnnl.prop_kind;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.dnnl.softmax_backward;
import org.bytedeco.dnnl.softmax_forward;

/** Softmax and dropout by oneDNN. */
final class OneDnnRows {
    private static final int SOFTMAX = 2;
    private static final int SOFTMAX_BACKWARD = 3;
    private static final int DROP = 10;

    private final OneDnn dnn;

    OneDnnRows(OneDnn dnn) {
        this.dnn = dnn;
    }

    void drop(Tensor x, DropoutMask mask, Tensor addend, Tensor out) {
        Misfit.dropped(x, mask, addend, out);
        if (x.length() == 0) {
            return;
        }
        float scale = mask.scale();
        Signature signature = new Signature(DROP).add(x).add(addend).add(Float.floatToRawIntBits(scale));
        long added = addend == null ? 0 : addend.address();
        dnn.run(
                signature,
                () -> compileDrop(x.length(), scale, addend != null),
                x.address(),
                mask.address(),
                out.writable(),
                added);
    }

    private OneDnnPrimitive compileDrop(long length, float scale, boolean adds) {
        memory.desc values = OneDnn.dense(length);
        memory.desc bytes = new memory.desc(new long[] {length}, memory.data_type.u8, new long[] {1});
        List<Argument> arguments = new ArrayList<>();
        arguments.add(new Argument(DNNL_ARG_SRC_0, values));
        arguments.add(new Argument(DNNL_ARG_SRC_1, bytes));
        arguments.add(new Argument(DNNL_ARG_DST, values));
        try (primitive_attr attributes = dnn.attributes();
                post_ops operations = new post_ops()) {
            operations.append_eltwise(algorithm.eltwise_linear, scale, 0f);
            if (adds) {
                arguments.add(new Argument(OneDnn.postOperation(operations), values));
                operations.append_binary(algorithm.binary_add, values);
            }
            attributes.set_post_ops(operations);
            try (var description = new binary.primitive_desc(
                    dnn.engine, algorithm.binary_mul, values, bytes, values, attributes, false)) {
                return new OneDnnPrimitive(dnn.engine, new binary(description), arguments.toArray(Argument[]::new));
            }
        }
    }

    void softmax(Tensor x, Tensor out) {
        if (x.length() == 0) {
            Misfit.same(x, out);
            return;
        }
        Signature signature = new Signature(SOFTMAX).add(x).add(out);
        dnn.run(signature, () -> compileSoftmax(x, out), x.address(), out.writable());
    }

    private OneDnnPrimitive compileSoftmax(Tensor x, Tensor out) {
        Misfit.same(x, out);
        try (var description = softmaxDescription(x, out)) {
            return new OneDnnPrimitive(
                    dnn.engine,
                    new softmax_forward(description),
                    new Argument(DNNL_ARG_SRC, OneDnn.layout(x)),
                    new Argument(DNNL_ARG_DST, OneDnn.layout(out)));
        }
    }

    private softmax_forward.primitive_desc softmaxDescription(Tensor x, Tensor out) {
        try (primitive_attr attributes = dnn.attributes()) {
            return new softmax_forward.primitive_desc(
                    dnn.engine,
                    prop_kind.forward_training,
                    algorithm.softmax_accurate,
                    OneDnn.layout(x),
                    OneDnn.layout(out),
                    x.rank() - 1,
                    attributes,
                    false);
        }
    }

    void softmaxBackward(Tensor y, Tensor dy, Tensor dx) {
        if (y.length() == 0) {
            Misfit.same(y, dy, dx);
            return;
        }
        Signature signature = new Signature(SOFTMAX_BACKWARD).add(y).add(dy).add(dx);
        dnn.run(signature, () -> compileSoftmaxBackward(y, dy, dx), y.address(), dy.address(), dx.writable());
    }

    private OneDnnPrimitive compileSoftmaxBackward(Tensor y, Tensor dy, Tensor dx) {
        Misfit.same(y, dy, dx);
        memory.desc result = OneDnn.layout(y);
        memory.desc gradient = OneDnn.layout(dy);
        memory.desc to = OneDnn.layout(dx);
        int axis = y.rank() - 1;
        try (primitive_attr attributes = dnn.attributes();
                var hint = softmaxDescription(y, y);
                var description = new softmax_backward.primitive_desc(
                        dnn.engine, algorithm.softmax_accurate, to, gradient, result, axis, hint, attributes, false)) {
            return new OneDnnPrimitive(
                    dnn.engine,
                    new softmax_backward(description),
                    new Argument(DNNL_ARG_DST, result),
                    new Argument(DNNL_ARG_DIFF_DST, gradient),
                    new Argument(DNNL_ARG_DIFF_SRC, to));
        }
    }
}
