package dev.graft.autograd.kernel;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SCALE;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SHIFT;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_MEAN;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SCALE;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SHIFT;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_VARIANCE;

import dev.graft.autograd.kernel.OneDnnPrimitive.Argument;
import dev.graft.autograd.memory.Tensor;
import dev.graft.autograd.memory.Tiles;
import org.bytedeco.dnnl.global.dnnl.normalization_flags;
import org.bytedeco.dnnl.global.dnnl.prop_kind;
import org.bytedeco.dnnl.layer_normalization_backward;
import org.bytedeco.dnnl.layer_normalization_forward;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive_attr;

/** Layer normalisation by oneDNN. Its backward pass exists only with both gradients of scale and shift. */
final class OneDnnNorm {
    private static final int FORWARD = 6;
    private static final int BACKWARD = 7;
    private static final int FLAGS = normalization_flags.use_scale.value | normalization_flags.use_shift.value;

    private final OneDnn dnn;

    OneDnnNorm(OneDnn dnn) {
        this.dnn = dnn;
    }

    void forward(Tensor x, Tensor scale, Tensor shift, float epsilon, Tensor out, Tensor mean, Tensor variance) {
        Misfit.norm(x, mean, variance, scale, shift);
        if (x.length() == 0) {
            return;
        }
        Signature signature = new Signature(FORWARD).add(x).add(out).add(Float.floatToRawIntBits(epsilon));
        dnn.run(
                signature,
                () -> compileForward(x, out, epsilon),
                x.address(),
                scale.address(),
                shift.address(),
                out.writable(),
                mean.writable(),
                variance.writable());
    }

    private OneDnnPrimitive compileForward(Tensor x, Tensor out, float epsilon) {
        Misfit.denseRows(x, out);
        memory.desc row = OneDnn.dense(x.size(1));
        memory.desc statistics = OneDnn.dense(x.size(0));
        try (var description = description(x, out, epsilon)) {
            return new OneDnnPrimitive(
                    dnn.engine,
                    new layer_normalization_forward(description),
                    new Argument(DNNL_ARG_SRC, OneDnn.layout(x)),
                    new Argument(DNNL_ARG_SCALE, row),
                    new Argument(DNNL_ARG_SHIFT, row),
                    new Argument(DNNL_ARG_DST, OneDnn.layout(out)),
                    new Argument(DNNL_ARG_MEAN, statistics),
                    new Argument(DNNL_ARG_VARIANCE, statistics));
        }
    }

    private layer_normalization_forward.primitive_desc description(Tensor x, Tensor out, float epsilon) {
        try (primitive_attr attributes = dnn.attributes()) {
            return new layer_normalization_forward.primitive_desc(
                    dnn.engine,
                    prop_kind.forward_training.value,
                    OneDnn.layout(x),
                    OneDnn.layout(out),
                    OneDnn.dense(x.size(0)),
                    epsilon,
                    FLAGS,
                    attributes,
                    false);
        }
    }

    void backward(
            Tensor x,
            Tensor mean,
            Tensor variance,
            Tensor scale,
            float epsilon,
            Tensor dy,
            Tensor dx,
            Tensor dScale,
            Tensor dShift) {
        Misfit.norm(x, mean, variance, scale, dScale, dShift);
        if (x.length() == 0) {
            Tiles.fill(dScale, 0f);
            Tiles.fill(dShift, 0f);
            return;
        }
        Signature signature = new Signature(BACKWARD).add(x).add(dy).add(dx).add(Float.floatToRawIntBits(epsilon));
        dnn.run(
                signature,
                () -> compileBackward(x, dy, dx, epsilon),
                x.address(),
                mean.address(),
                variance.address(),
                scale.address(),
                dy.address(),
                dx.writable(),
                dScale.writable(),
                dShift.writable());
    }

    private OneDnnPrimitive compileBackward(Tensor x, Tensor dy, Tensor dx, float epsilon) {
        Misfit.denseRows(x, dy, dx);
        memory.desc row = OneDnn.dense(x.size(1));
        memory.desc statistics = OneDnn.dense(x.size(0));
        try (primitive_attr attributes = dnn.attributes();
                var hint = description(x, x, epsilon);
                var backward = new layer_normalization_backward.primitive_desc(
                        dnn.engine,
                        prop_kind.backward.value,
                        OneDnn.layout(dx),
                        OneDnn.layout(dy),
                        OneDnn.layout(x),
                        statistics,
                        epsilon,
                        FLAGS,
                        hint,
                        attributes,
                        false)) {
            return new OneDnnPrimitive(
                    dnn.engine,
                    new layer_normalization_backward(backward),
                    new Argument(DNNL_ARG_SRC, OneDnn.layout(x)),
                    new Argument(DNNL_ARG_MEAN, statistics),
                    new Argument(DNNL_ARG_VARIANCE, statistics),
                    new Argument(DNNL_ARG_SCALE, row),
                    new Argument(DNNL_ARG_DIFF_DST, OneDnn.layout(dy)),
                    new Argument(DNNL_ARG_DIFF_SRC, OneDnn.layout(dx)),
                    new Argument(DNNL_ARG_DIFF_SCALE, row),
                    new Argument(DNNL_ARG_DIFF_SHIFT, row));
        }
    }
}
