package dev.graft.autograd.kernel;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
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
    private final OneDnnParts parts;

    OneDnnProduct(OneDnn dnn) {
        this.dnn = dnn;
        this.packed = new OneDnnPacked(dnn);
        this.parts = new OneDnnParts(dnn);
    }

    /** Columns between two products with these weights that suit the blocks in which they are packed. */
    long innerColumns(long width, Tensor... weights) {
        return parts.serves(weights) ? SplitPacking.divisor(width) : width;
    }

    void run(Tensor a, Tensor b, Tensor out, Epilogue epilogue) {
        run(a, 0, b, out, 0, epilogue);
    }

    /** A product of bf16 values. */
    void run(Inner a, Tensor b, Tensor out, Epilogue epilogue) {
        run(a.shape(), a.address(), b, out, 0, epilogue);
    }

    /** A product that is stored as bf16. */
    void run(Tensor a, Tensor b, Inner out, Epilogue epilogue) {
        run(a, 0, b, out.shape(), out.address(), epilogue);
    }

    /** Addresses of bf16 factors or results, or 0: then they are the tensors'. */
    private void run(Tensor a, long from, Tensor b, Tensor out, long to, Epilogue epilogue) {
        if (Repeated.noTerms(a, b, out, epilogue)) {
            return;
        }
        Tensor bias = epilogue.bias();
        Tensor addend = epilogue.addend();
        DropoutMask mask = epilogue.mask();
        if (addend != null && !(out.isDense() && addend.isDense())) {
            // oneDNN finds the addend's elements by the result's offsets, which misses (and crashes) with gaps
            Misfit.product(a, b, out, epilogue);
            Repeated.write(addend, 1f, out, epilogue.accumulate());
            run(a, from, b, out, to, new Epilogue(bias, epilogue.function(), epilogue.scale(), mask, null, true));
            return;
        }
        if (parts.serves(a, b, out, epilogue)) {
            parts.run(a, b, out, epilogue);
            return;
        }
        boolean frozen = OneDnnPacked.serves(a, b);
        PackedWeight weight = frozen ? packed.packed(b) : null;
        Signature signature = frozen
                ? packed.signature(a, weight)
                : new Signature(OPERATION).add(a).add(b);
        describe(signature.add(out).add(to == 0 ? 0 : 1), epilogue);
        long[] addresses = new long[6];
        int n = 0;
        addresses[n++] = from != 0 ? from : frozen ? packed.factor(a) : a.address();
        addresses[n++] = frozen ? weight.address() : b.address();
        addresses[n++] = to != 0 ? to : out.writable();
        if (bias != null) {
            addresses[n++] = bias.address();
        }
        if (mask != null) {
            addresses[n++] = mask.address();
        }
        if (addend != null) {
            addresses[n] = addend.address();
        }
        dnn.run(signature, () -> compile(a, b, out, epilogue, weight, to != 0), addresses);
    }

    /** Adds to a signature what follows the product. */
    static Signature describe(Signature signature, Epilogue epilogue) {
        return signature
                .add(epilogue.bias())
                .add(epilogue.addend())
                .add(Float.floatToRawIntBits(epilogue.factor()))
                .add(epilogue.mask() == null ? 0 : 1)
                .add(epilogue.function() == null ? -1 : epilogue.function().ordinal())
                .add(epilogue.accumulate() ? 1 : 0);
    }

    private OneDnnPrimitive compile(
            Tensor a, Tensor b, Tensor out, Epilogue epilogue, PackedWeight weight, boolean half) {
        Misfit.product(a, b, out, epilogue);
        Tensor addend = epilogue.addend();
        Batch batch = addend == null ? new Batch(a, b, out) : new Batch(a, b, out, addend);
        memory.desc left = weight == null ? OneDnn.layout(batch.operand(0)) : packed.factorLayout(a);
        memory.desc right = weight == null ? OneDnn.layout(batch.operand(1)) : weight.layout();
        Tensor target = batch.operand(2);
        memory.desc to = half ? OneDnn.half(out.size(0), out.size(1)) : OneDnn.layout(target);
        List<Argument> arguments = new ArrayList<>(List.of(
                new Argument(DNNL_ARG_SRC, left),
                new Argument(DNNL_ARG_WEIGHTS, right),
                new Argument(DNNL_ARG_DST, to)));
        try (post_ops operations = new post_ops();
                primitive_attr attributes = dnn.attributes()) {
            if (epilogue.bias() != null) {
                arguments.add(new Argument(DNNL_ARG_BIAS, biasLayout(target)));
            }
            if (epilogue.function() != null) {
                OneDnnActivation.append(epilogue.function(), operations);
            }
            if (epilogue.mask() != null) {
                memory.desc bytes = new memory.desc(target.shape(), memory.data_type.u8, target.strides());
                arguments.add(new Argument(OneDnn.postOperation(operations), bytes));
                operations.append_binary(algorithm.binary_mul, bytes);
            }
            scaleAndSum(epilogue, operations);
            if (addend != null) {
                memory.desc layout = OneDnn.layout(batch.operand(3));
                arguments.add(new Argument(OneDnn.postOperation(operations), layout));
                operations.append_binary(algorithm.binary_add, layout);
            }
            attributes.set_post_ops(operations);
            return build(arguments, epilogue, attributes, batch.offsets());
        }
    }

    private static void scaleAndSum(Epilogue epilogue, post_ops operations) {
        if (epilogue.factor() != 1f) {
            operations.append_eltwise(algorithm.eltwise_linear, epilogue.factor(), 0f);
        }
        if (epilogue.accumulate()) {
            operations.append_sum();
        }
    }

    private OneDnnPrimitive build(
            List<Argument> arguments, Epilogue epilogue, primitive_attr attributes, long[][] passes) {
        memory.desc a = arguments.get(0).layout();
        memory.desc b = arguments.get(1).layout();
        memory.desc out = arguments.get(2).layout();
        boolean biased = epilogue.bias() != null;
        for (int pass = 0; pass < passes.length; pass++) {
            passes[pass] = aligned(passes[pass], epilogue);
        }
        try (matmul.primitive_desc description = biased
                ? new matmul.primitive_desc(dnn.engine, a, b, arguments.get(3).layout(), out, attributes, false)
                : new matmul.primitive_desc(dnn.engine, a, b, out, attributes, false)) {
            return new OneDnnPrimitive(dnn.engine, new matmul(description), passes, arguments.toArray(Argument[]::new));
        }
    }

    /** Offsets of a, b, out and the addend in the order of the arguments: bias and mask may be between. */
    private static long[] aligned(long[] offsets, Epilogue epilogue) {
        long[] aligned = Arrays.copyOf(offsets, 6);
        int n = 3;
        if (epilogue.bias() != null) {
            aligned[n++] = 0;
        }
        if (epilogue.mask() != null) {
            aligned[n++] = offsets[2] / Float.BYTES; // a byte beside each float of the dense result
        }
        if (epilogue.addend() != null) {
            aligned[n] = offsets[3];
        }
        return aligned;
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
        parts.close();
    }
}
