package dev.graft.autograd.kernel;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import dev.graft.autograd.kernel.OneDnnPrimitive.Argument;
import dev.graft.autograd.memory.Tensor;
import java.util.ArrayList;
import java.util.List;
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

    /** Pieces that suit the blocks in which the weights are packed. */
    FeedForwardCut feedForward(long rows, long width, Tensor... weights) {
        return new FeedForwardCut(Cut.rows(rows), parts.serves(rows, weights) ? SplitPacking.divisor(width) : width);
    }

    /** True if products with this frozen weight may take bf16 values, and give them. */
    boolean takesHalves(Tensor weight) {
        return dnn.math() == MathMode.BF16 && packed.serves(weight, weight);
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
        boolean frozen = packed.serves(a, b);
        if (!frozen && from == 0 && to == 0 && OneDnnRowSum.breaks(a, b, out, epilogue)) {
            OneDnnRowSum.run(a, b, out, epilogue, this::run);
            return;
        }
        PackedWeight weight = frozen ? packed.packed(b) : null;
        Signature signature = frozen
                ? packed.signature(a, weight)
                : new Signature(OPERATION).add(a).add(b);
        OneDnnEpilogue.describe(signature.add(out).add(to == 0 ? 0 : 1), epilogue);
        long left = from != 0 ? from : frozen ? packed.factor(a) : a.address();
        long right = frozen ? weight.address() : b.address();
        long[] addresses = OneDnnEpilogue.addresses(epilogue, left, right, to != 0 ? to : out.writable());
        dnn.run(signature, () -> compile(a, b, out, epilogue, weight, to != 0), addresses);
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
            OneDnnEpilogue.append(epilogue, target, addend == null ? null : batch.operand(3), operations, arguments);
            attributes.set_post_ops(operations);
            return dnn.product(arguments, epilogue.bias() != null, attributes, passes(batch.offsets(), epilogue));
        }
    }

    /** Offsets of a, b, out and the addend in the order of the arguments: bias and mask may be between. */
    private static long[][] passes(long[][] offsets, Epilogue epilogue) {
        long[][] passes = new long[offsets.length][];
        for (int i = 0; i < passes.length; i++) {
            long[] some = offsets[i];
            long mask = some[2] / Float.BYTES; // a byte beside each float of the dense result
            long addend = epilogue.addend() == null ? 0 : some[3];
            passes[i] = OneDnnEpilogue.inOrder(epilogue, some[0], some[1], some[2], 0, mask, addend);
        }
        return passes;
    }

    @Override
    public void close() {
        packed.close();
        parts.close();
    }
}
