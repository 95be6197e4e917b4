package dev.graft.autograd.kernel;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_1;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import dev.graft.autograd.kernel.OneDnnPrimitive.Argument;
import dev.graft.autograd.memory.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.dnnl.global.dnnl.algorithm;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.dnnl.primitive_attr;

/** Matrix products by oneDNN: scale, bias, sum and addend are fused behind the product. */
final class OneDnnProduct implements AutoCloseable {
    private static final int OPERATION = 1;

    private final OneDnn dnn;
    private final OneDnnPacked packed;

    OneDnnProduct(OneDnn dnn) {
        this.dnn = dnn;
        this.packed = new OneDnnPacked(dnn);
    }

    void run(Tensor a, Tensor b, Tensor out, Epilogue epilogue) {
        if (out.length() == 0) {
            return;
        }
        boolean frozen = OneDnnPacked.serves(a, b);
        PackedWeight weight = frozen ? packed.packed(b) : null;
        Signature signature = frozen
                ? packed.signature(a, weight)
                : new Signature(OPERATION).add(a).add(b);
        signature
                .add(out)
                .add(epilogue.bias() == null ? 0 : 1)
                .add(epilogue.addend())
                .add(Float.floatToRawIntBits(epilogue.scale()))
                .add(epilogue.accumulate() ? 1 : 0);
        long[] addresses = new long[5];
        int n = 0;
        addresses[n++] = frozen ? packed.factor(a) : a.address();
        addresses[n++] = frozen ? weight.address() : b.address();
        addresses[n++] = out.writable();
        if (epilogue.bias() != null) {
            addresses[n++] = epilogue.bias().address();
        }
        if (epilogue.addend() != null) {
            addresses[n] = epilogue.addend().address();
        }
        dnn.run(
                signature,
                () -> compile(
                        frozen ? packed.factorLayout(a) : OneDnn.layout(a),
                        frozen ? weight.layout() : OneDnn.layout(b),
                        out,
                        epilogue),
                addresses);
    }

    private OneDnnPrimitive compile(memory.desc a, memory.desc b, Tensor out, Epilogue epilogue) {
        List<Argument> arguments = new ArrayList<>();
        arguments.add(new Argument(DNNL_ARG_SRC, a));
        arguments.add(new Argument(DNNL_ARG_WEIGHTS, b));
        arguments.add(new Argument(DNNL_ARG_DST, OneDnn.layout(out)));
        try (post_ops operations = new post_ops();
                primitive_attr attributes = dnn.attributes()) {
            if (epilogue.bias() != null) {
                arguments.add(new Argument(DNNL_ARG_BIAS, biasLayout(out)));
            }
            if (epilogue.scale() != 1f) {
                operations.append_eltwise(algorithm.eltwise_linear, epilogue.scale(), 0f);
            }
            if (epilogue.accumulate()) {
                operations.append_sum();
            }
            if (epilogue.addend() != null) {
                memory.desc addend = OneDnn.layout(epilogue.addend());
                int number = DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE * (operations.len() + 1) | DNNL_ARG_SRC_1;
                operations.append_binary(algorithm.binary_add, addend);
                arguments.add(new Argument(number, addend));
            }
            attributes.set_post_ops(operations);
            return build(arguments, epilogue, attributes);
        }
    }

    private OneDnnPrimitive build(List<Argument> arguments, Epilogue epilogue, primitive_attr attributes) {
        memory.desc a = arguments.get(0).layout();
        memory.desc b = arguments.get(1).layout();
        memory.desc out = arguments.get(2).layout();
        matmul.primitive_desc description = epilogue.bias() == null
                ? new matmul.primitive_desc(dnn.engine, a, b, out, attributes, false)
                : new matmul.primitive_desc(dnn.engine, a, b, arguments.get(3).layout(), out, attributes, false);
        return new OneDnnPrimitive(dnn.engine, new matmul(description), arguments.toArray(Argument[]::new));
    }

    /** A bias of [columns] seen with as many dimensions as the result: [1, ..., columns]. */
    private static memory.desc biasLayout(Tensor out) {
        long[] shape = new long[out.rank()];
        Arrays.fill(shape, 1);
        shape[shape.length - 1] = out.size(-1);
        return OneDnn.dense(shape);
    }

    @Override
    public void close() {
        packed.close();
    }
}
