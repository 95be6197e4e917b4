package dev.graft.autograd.kernel;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx512_core_amx;
import static org.bytedeco.dnnl.global.dnnl.dnnl_get_effective_cpu_isa;

import dev.graft.autograd.kernel.OneDnnPrimitive.Argument;
import dev.graft.autograd.memory.Copies;
import dev.graft.autograd.memory.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.dnnl.primitive_attr;

/**
 * fp32 products with frozen weights on AMX, for {@link MathMode#BF16X3}: both factors are split into three bf16 parts,
 * and the six products of parts that fp32 can tell apart are summed in fp32, smallest first. The error is below that of
 * a plain fp32 product (docs/decisions/0011; Henry, Tang and Heinecke 2019, "Leveraging the bfloat16 Artificial
 * Intelligence Datatype For Higher-Precision Computations", section III).
 */
final class OneDnnParts implements AutoCloseable {
    /** With fewer rows, reading the parts of the weight takes longer than they save. */
    private static final long FEWEST_ROWS = 192;

    private static final int FEWEST_COLUMNS = 128;
    private static final int OPERATION = 16;

    /** Which parts of the factors are multiplied, in this order. */
    private static final List<Term> TERMS =
            List.of(new Term(2, 0), new Term(1, 1), new Term(0, 2), new Term(1, 0), new Term(0, 1), new Term(0, 0));

    private final OneDnn dnn;
    private final OneDnnSplit split;
    private final SplitPacking packing;
    private final boolean able;
    private final Scratch scratch = new Scratch();

    /** A part of each factor; 0 is the highest. */
    private record Term(int left, int right) {}

    OneDnnParts(OneDnn dnn) {
        this.dnn = dnn;
        this.split = new OneDnnSplit(dnn);
        this.packing = new SplitPacking(dnn, split);
        int amx = dnnl_cpu_isa_avx512_core_amx;
        this.able = dnn.math() == MathMode.BF16X3 && (dnnl_get_effective_cpu_isa() & amx) == amx;
    }

    /** True if products of so many rows with all these weights are computed so. */
    boolean serves(long rows, Tensor... weights) {
        boolean all = able && rows >= FEWEST_ROWS;
        for (Tensor weight : weights) {
            all &= weight.isReadOnly()
                    && weight.copies() == Copies.Room.PLENTY
                    && weight.rank() == 2
                    && weight.size(0) >= FEWEST_COLUMNS
                    && weight.size(1) >= FEWEST_COLUMNS;
        }
        return all;
    }

    /** True if this is faster than a plain product and can be computed so. */
    boolean serves(Tensor a, Tensor b, Tensor out, Epilogue epilogue) {
        return a.rank() == 2
                && serves(a.size(0), b)
                && a.isDense()
                && out.stride(1) == 1
                && !(epilogue.accumulate() && changes(epilogue));
    }

    /** True if more than sums happens to the product. */
    private static boolean changes(Epilogue epilogue) {
        return epilogue.function() != null || epilogue.mask() != null || epilogue.factor() != 1f;
    }

    void run(Tensor a, Tensor b, Tensor out, Epilogue epilogue) {
        Misfit.product(a, b, out, epilogue);
        // oneDNN finds the elements of masks and addends by the offsets of a result without gaps
        boolean whole = epilogue.mask() != null || epilogue.addend() != null;
        SplitWeight weight = weight(b, whole);
        Cut rows = Cut.rows(a.size(0));
        long width = a.size(1);
        long parts = scratch.address((rows.longest() * width * OneDnnSplit.PARTS + 1) / 2);
        for (int piece = 0; piece < rows.count(); piece++) {
            long from = rows.start(piece);
            long to = rows.start(piece + 1);
            split.run(a.rows(from, to).address(), (to - from) * width, parts);
            for (SplitWeight.Block block : weight.blocks()) {
                multiply(new Work(from, to - from, width, parts, block), out, epilogue);
            }
        }
    }

    private SplitWeight weight(Tensor weight, boolean whole) {
        Object key = List.of(
                "parts", whole, weight.offset(), weight.stride(0), weight.stride(1), weight.size(0), weight.size(1));
        return weight.derived(key, SplitWeight.class, () -> packing.pack(weight, whole));
    }

    /** Some rows of the first factor [rows, width] in parts, and the block of the weight that they meet. */
    private record Work(long from, long rows, long width, long parts, SplitWeight.Block block) {
        /** Address of a part of the columns that the block's rows meet. */
        long part(int part) {
            return parts + (part * rows * width + block.row()) * Short.BYTES;
        }

        boolean first() {
            return block.row() == 0;
        }

        boolean last() {
            return block.row() + block.rows() == width;
        }

        /** The block's part of one value a column. */
        Tensor columns(Tensor vector) {
            return vector.narrow(0, block.column(), block.column() + block.columns());
        }

        /** The rows' part of a mask of so many columns. */
        DropoutMask of(DropoutMask mask, long columns) {
            return mask.slice(from * columns, (from + rows) * columns);
        }

        /** The part of a tensor [rows, columns] that is computed; extents of 1 are repeated. */
        Tensor of(Tensor tensor) {
            Tensor some = tensor.size(0) == 1 ? tensor : tensor.rows(from, from + rows);
            return some.size(1) == 1 ? some : some.narrow(1, block.column(), block.column() + block.columns());
        }
    }

    private void multiply(Work work, Tensor out, Epilogue epilogue) {
        SplitWeight.Block block = work.block();
        Tensor target = work.of(out);
        for (int term = 0; term < TERMS.size(); term++) {
            boolean sum = epilogue.accumulate() || !work.first() || term > 0;
            boolean last = work.last() && term == TERMS.size() - 1;
            long a = work.part(TERMS.get(term).left());
            long b = block.parts()[TERMS.get(term).right()];
            if (last) {
                finish(work, target, epilogue, a, b);
            } else {
                Signature signature = signature(work, target).add(sum ? 1 : 0);
                dnn.run(signature, () -> compile(work, target, Epilogue.NONE, sum), a, b, target.writable());
            }
        }
    }

    /** The last product: what follows it happens to the sum of all. */
    private void finish(Work work, Tensor target, Epilogue epilogue, long a, long b) {
        Tensor bias = epilogue.bias() == null ? null : work.columns(epilogue.bias());
        DropoutMask mask = epilogue.mask() == null ? null : work.of(epilogue.mask(), target.size(1));
        Tensor addend = epilogue.addend() == null ? null : work.of(epilogue.addend());
        Epilogue end = new Epilogue(bias, epilogue.function(), epilogue.scale(), mask, addend, false);
        Signature signature = OneDnnEpilogue.describe(signature(work, target).add(2), end);
        long[] addresses = OneDnnEpilogue.addresses(end, a, b, target.writable());
        dnn.run(signature, () -> compile(work, target, end, true), addresses);
    }

    private static Signature signature(Work work, Tensor target) {
        return new Signature(OPERATION)
                .add(work.width())
                .add(work.block().rows())
                .add(target);
    }

    /** A product of two parts that is stored or added, with what follows. */
    private OneDnnPrimitive compile(Work work, Tensor target, Epilogue end, boolean sum) {
        memory.desc a = new memory.desc(
                new long[] {work.rows(), work.block().rows()}, memory.data_type.bf16, new long[] {work.width(), 1});
        List<Argument> arguments = new ArrayList<>(List.of(
                new Argument(DNNL_ARG_SRC, a),
                new Argument(DNNL_ARG_WEIGHTS, work.block().layout()),
                new Argument(DNNL_ARG_DST, OneDnn.layout(target))));
        try (post_ops operations = new post_ops();
                primitive_attr attributes = dnn.attributes()) {
            if (sum) {
                operations.append_sum();
            }
            OneDnnEpilogue.append(end, target, end.addend(), operations, arguments);
            attributes.set_post_ops(operations);
            return dnn.product(arguments, end.bias() != null, attributes);
        }
    }

    @Override
    public void close() {
        scratch.close();
    }
}
