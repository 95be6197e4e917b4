package dev.graft.autograd.kernel;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_ATTR_SCALES;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx512_core_amx;
import static org.bytedeco.dnnl.global.dnnl.dnnl_get_effective_cpu_isa;

import dev.graft.autograd.kernel.OneDnnPrimitive.Argument;
import dev.graft.autograd.memory.Storage;
import dev.graft.autograd.memory.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive_attr;

/**
 * Products of few rows with frozen halves or bytes on AMX. Each row is split into numbers of the weight's type whose sum
 * it is, which are so many rows of one product; nothing of the weight is widened, so that it takes as long as reading
 * the weight. A second, tiny product adds the rows up, with what follows.
 */
final class OneDnnFewRows implements AutoCloseable {
    private static final int OPERATION = 20;

    /** Rows at a time: with more, adding up their parts would be felt. */
    private static final long ROWS = 32;

    /** With more rows it is faster to widen the weight. */
    private static final long MOST = 256;

    private final OneDnn dnn;
    private final Kernels plain;
    private final OneDnnSplit halves;
    private final ByteDigits bytes;
    private final boolean able;
    private final Scratch split = new Scratch();
    private Storage products;
    private Storage sums;

    /**
     * Products.
     *
     * @param plain for those of floats
     */
    OneDnnFewRows(OneDnn dnn, Kernels plain) {
        this.dnn = dnn;
        this.plain = plain;
        this.halves = new OneDnnSplit(dnn);
        this.bytes = new ByteDigits(dnn);
        int amx = dnnl_cpu_isa_avx512_core_amx;
        this.able = (dnnl_get_effective_cpu_isa() & amx) == amx;
    }

    /** True if this is faster than to widen the weight. */
    boolean serves(Tensor a) {
        return able && a.size(0) <= MOST;
    }

    /** A packed weight [k, n]: its layout with a number for it, its address, and that of its columns' factors or 0. */
    record Weight(memory.desc layout, int number, long address, long scales) {
        boolean isBytes() {
            return scales != 0;
        }
    }

    /** out = a b with what follows. */
    void run(Tensor a, Weight weight, Tensor out, Epilogue e) {
        long n = out.size(1);
        Cut rows = Cut.atMost(ROWS, a.size(0), 1);
        for (long piece = 0; piece < rows.count(); piece++) {
            long from = rows.start(piece);
            long to = rows.start(piece + 1);
            DropoutMask mask = e.mask() == null ? null : e.mask().slice(from * n, to * n);
            Tensor addend = e.addend() == null || e.addend().size(0) == 1
                    ? e.addend()
                    : e.addend().rows(from, to);
            Epilogue part = new Epilogue(e.bias(), e.function(), e.scale(), mask, addend, e.accumulate());
            multiply(a.rows(from, to), weight, out.rows(from, to), part);
        }
    }

    private void multiply(Tensor a, Weight weight, Tensor out, Epilogue epilogue) {
        int rows = (int) a.size(0);
        int parts = weight.isBytes() ? ByteDigits.PARTS : OneDnnSplit.PARTS;
        long wide = (long) parts * rows;
        sums = grown(sums, rows * wide);
        products = grown(products, wide * out.size(1));
        Tensor sum = Tensor.over(sums, 0, rows, wide);
        Tensor each = Tensor.over(products, 0, wide, out.size(1));
        long from;
        if (weight.isBytes()) {
            from = bytes.split(a, sum);
        } else {
            from = split.address((wide * a.size(1) + 1) / 2);
            split(a, from, sum);
        }
        Signature signature = new Signature(OPERATION)
                .add(weight.number())
                .add(wide)
                .add(a.size(1))
                .add(out.size(1));
        signature.add(weight.isBytes() ? 1 : 0);
        dnn.run(
                signature,
                () -> compile(weight, wide, a.size(1), out.size(1)),
                from,
                weight.address(),
                each.writable(),
                weight.scales());
        plain.product(sum, each, out, epilogue);
    }

    /** Halves: all first parts, all second ones, all third ones; the sum of a row's parts is the row. */
    private void split(Tensor a, long to, Tensor sum) {
        int rows = (int) a.size(0);
        halves.run(a.address(), a.length(), to);
        for (int i = 0; i < sum.length(); i++) {
            sum.buffer().put(i, i / (int) sum.size(1) == i % rows ? 1f : 0f);
        }
    }

    private OneDnnPrimitive compile(Weight weight, long rows, long k, long n) {
        memory.data_type type = weight.isBytes() ? memory.data_type.s8 : memory.data_type.bf16;
        List<Argument> arguments = new ArrayList<>(List.of(
                new Argument(DNNL_ARG_SRC, new memory.desc(new long[] {rows, k}, type, new long[] {k, 1})),
                new Argument(DNNL_ARG_WEIGHTS, weight.layout()),
                new Argument(DNNL_ARG_DST, OneDnn.dense(rows, n))));
        try (primitive_attr attributes = dnn.attributes()) {
            if (weight.isBytes()) {
                attributes.set_scales_mask(DNNL_ARG_WEIGHTS, 2); // one a column
                arguments.add(new Argument(DNNL_ARG_ATTR_SCALES | DNNL_ARG_WEIGHTS, OneDnn.dense(n)));
            }
            return dnn.product(arguments, false, attributes);
        }
    }

    private static Storage grown(Storage memory, long floats) {
        if (memory != null && memory.floats() >= floats) {
            return memory;
        }
        if (memory != null) {
            memory.close();
        }
        return Storage.allocate(floats);
    }

    @Override
    public void close() {
        split.close();
        bytes.close();
        if (sums != null) {
            sums.close();
            products.close();
        }
    }
}
