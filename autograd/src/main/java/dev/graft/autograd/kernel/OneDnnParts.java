package dev.graft.autograd.kernel;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx512_core_amx;
import static org.bytedeco.dnnl.global.dnnl.dnnl_get_effective_cpu_isa;

import dev.graft.autograd.kernel.OneDnnPrimitive.Argument;
import dev.graft.autograd.memory.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.dnnl.primitive_attr;

/**
 * fp32 products with frozen weights on AMX: both factors are split into three bf16 parts, and the six products of
 * parts that fp32 can tell apart are summed in fp32, smallest first. The error is below that of a plain fp32 product,
 * and the time too (docs/decisions/0011; Henry, Tang and Heinecke 2019, "Leveraging the bfloat16 Artificial
 * Intelligence Datatype For Higher-Precision Computations", section III).
 */
final class OneDnnParts implements AutoCloseable {
    /** With fewer rows, reading the parts of the weight takes longer than they save. */
    private static final long FEWEST_ROWS = 192;

    private static final int FEWEST_COLUMNS = 128;
    private static final int OPERATION = 16;
    private static final int COPY = 32;

    /** Floats of a cache line. */
    private static final long LINE = 16;

    /** Which parts of the factors are multiplied, in this order. */
    private static final List<Term> TERMS =
            List.of(new Term(2, 0), new Term(1, 1), new Term(0, 2), new Term(1, 0), new Term(0, 1), new Term(0, 0));

    private final OneDnn dnn;
    private final OneDnnSplit split;
    private final SplitPacking packing;
    private final boolean able;
    private final Scratch scratch = new Scratch();
    private final Scratch block = new Scratch();

    /** A part of each factor; 0 is the highest. */
    private record Term(int left, int right) {}

    OneDnnParts(OneDnn dnn) {
        this.dnn = dnn;
        this.split = new OneDnnSplit(dnn);
        this.packing = new SplitPacking(dnn, split);
        int amx = dnnl_cpu_isa_avx512_core_amx;
        this.able = dnn.math() == MathMode.FP32 && (dnnl_get_effective_cpu_isa() & amx) == amx;
    }

    /** True if products of so many rows with all these weights are computed so. */
    boolean serves(long rows, Tensor... weights) {
        boolean all = able && rows >= FEWEST_ROWS;
        for (Tensor weight : weights) {
            all &= weight.isReadOnly()
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
        SplitWeight kept = b.keepsCopies() ? weight(b, whole) : null;
        List<SplitWeight.Block> blocks = kept == null ? packing.blocks(b, whole) : kept.blocks();
        Cut rows = Cut.rows(a.size(0));
        long group = kept == null ? rows.count() : 1; // a block that is not kept is split for all rows at once
        for (long piece = 0; piece < rows.count(); piece += group) {
            for (Panel panel : Panel.of(blocks)) {
                run(panel, new Pieces(rows, piece, piece + group, a), b, kept, out, epilogue);
            }
        }
    }

    /** Pieces of rows of the first factor. */
    private record Pieces(Cut rows, long first, long last, Tensor a) {
        Tensor piece(long number) {
            return a.rows(rows.start(number), rows.start(number + 1));
        }

        long height() {
            return rows.start(last) - rows.start(first);
        }
    }

    /** Adds what some terms give, for all columns. */
    private void run(Panel panel, Pieces pieces, Tensor b, SplitWeight kept, Tensor out, Epilogue epilogue) {
        long width = panel.end() - panel.start();
        long parts = split(pieces, panel);
        for (int index : panel.blocks()) {
            SplitWeight.Block block = panel.all().get(index);
            long right = kept == null ? filled(b, block) : kept.address(index);
            long left = parts;
            for (long piece = pieces.first(); piece < pieces.last(); piece++) {
                long from = pieces.rows().start(piece);
                long rows = pieces.rows().start(piece + 1) - from;
                multiply(new Work(from, rows, panel, width, left, block, right), out, epilogue);
                left += rows * width * OneDnnSplit.PARTS * Short.BYTES;
            }
        }
    }

    /** The parts of the panel's columns of the first factor, one piece of rows after another. */
    private long split(Pieces pieces, Panel panel) {
        long width = panel.end() - panel.start();
        long halves = (pieces.height() * width * OneDnnSplit.PARTS + 1) / 2;
        boolean dense = width == pieces.a().size(1);
        long copied = dense ? 0 : pieces.rows().longest() * width;
        long parts = scratch.address(halves + LINE + copied);
        long floats = parts + (halves + LINE - 1) / LINE * LINE * Float.BYTES;
        long target = parts;
        for (long piece = pieces.first(); piece < pieces.last(); piece++) {
            Tensor some = pieces.piece(piece).narrow(1, panel.start(), panel.end());
            if (!dense) {
                memory.desc to = OneDnn.dense(some.size(0), width);
                Signature signature = new Signature(COPY).add(some);
                dnn.run(signature, () -> dnn.reorder(OneDnn.layout(some), to), some.address(), floats);
            }
            split.run(dense ? some.address() : floats, some.length(), target);
            target += some.length() * OneDnnSplit.PARTS * Short.BYTES;
        }
        return parts;
    }

    /** The parts of a block that is not kept. */
    private long filled(Tensor weight, SplitWeight.Block some) {
        long address = block.address(some.bytes() / Float.BYTES);
        packing.fill(weight, some, address);
        return address;
    }

    private SplitWeight weight(Tensor weight, boolean whole) {
        Object key = List.of(
                "parts", whole, weight.offset(), weight.stride(0), weight.stride(1), weight.size(0), weight.size(1));
        return weight.derived(key, SplitWeight.class, () -> packing.pack(weight, whole));
    }

    /** Some rows of the first factor [rows, width] in parts, and the block of the weight that they meet. */
    private record Work(
            long from, long rows, Panel panel, long width, long parts, SplitWeight.Block block, long weight) {
        /** Address of a part of the columns that the block's rows meet. */
        long left(int part) {
            return parts + (part * rows * width + block.row() - panel.start()) * Short.BYTES;
        }

        long right(int part) {
            return weight + part * block.stride();
        }

        boolean first() {
            return block.row() == 0;
        }

        boolean last() {
            SplitWeight.Block end = panel.all().get(panel.all().size() - 1);
            return block.row() == end.row();
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
        Tensor target = work.of(out);
        for (int term = 0; term < TERMS.size(); term++) {
            boolean sum = epilogue.accumulate() || !work.first() || term > 0;
            boolean last = work.last() && term == TERMS.size() - 1;
            long a = work.left(TERMS.get(term).left());
            long b = work.right(TERMS.get(term).right());
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
        packing.close();
        block.close();
        scratch.close();
    }
}
