package dev.graft.autograd.kernel;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_ATTR_SCALES;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import dev.graft.autograd.kernel.OneDnnPrimitive.Argument;
import dev.graft.autograd.memory.Storage;
import dev.graft.autograd.memory.Tensor;
import dev.graft.autograd.memory.ValueGroups;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.dnnl.global.dnnl.fpmath_mode;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.dnnl.primitive_attr;

/**
 * Products with frozen weights of 4 or 8 bits and a scale for each group of them, by oneDNN, which makes some of them
 * into floats inside the product. Offsets of groups are a second, small product: sums of the first factor's groups
 * times the offsets.
 */
final class OneDnnGrouped implements AutoCloseable {
    private static final int OPERATION = 19;

    /** The mask of scales that change along both dimensions. */
    private static final int BOTH = 3;

    private final OneDnn dnn;
    private final Kernels plain;
    private final GroupedPacking packing;
    private final List<memory.desc> layouts = new ArrayList<>();
    private Storage sums;
    private float[] row = new float[0];

    /**
     * Products.
     *
     * @param plain for products of floats
     */
    OneDnnGrouped(OneDnn dnn, Kernels plain) {
        this.dnn = dnn;
        this.plain = plain;
        this.packing = new GroupedPacking(dnn);
    }

    /** True for the transpose of whole rows of a quantised matrix. */
    static boolean serves(Tensor b) {
        ValueGroups groups = b.compactValues().groups();
        long width = b.stride(1);
        return groups != null
                && b.stride(0) == 1
                && b.size(0) == width
                && b.start() % width == 0
                && width % groups.size() == 0
                && b.size(1) % 2 == 0; // two of 4 bits in a byte
    }

    /** out = a b with what follows, but for an activation. */
    void run(Tensor a, Tensor b, Tensor out, Epilogue e) {
        Misfit.product(a, b, out, e);
        GroupedWeight weight =
                b.derived(List.of("grouped", b.start(), b.size(1)), GroupedWeight.class, () -> packing.pack(b));
        Epilogue end = new Epilogue(e.bias(), e.scale(), e.mask(), e.addend(), true);
        boolean shifted = weight.offsets() != null;
        multiply(a, weight, out, shifted ? new Epilogue(null, e.scale(), e.mask(), null, e.accumulate()) : e);
        if (shifted) {
            plain.product(sums(a, weight.groups().size()), weight.offsets(), out, end);
        }
    }

    private void multiply(Tensor a, GroupedWeight weight, Tensor out, Epilogue epilogue) {
        Signature signature = new Signature(OPERATION)
                .add(number(weight.layout()))
                .add(weight.groups().size())
                .add(a)
                .add(out);
        OneDnnEpilogue.describe(signature, epilogue);
        long[] some = OneDnnEpilogue.addresses(epilogue, a.address(), weight.address(), out.writable());
        int count = OneDnnEpilogue.count(epilogue);
        long[] all = Arrays.copyOf(some, count + 1);
        all[count] = weight.scales();
        dnn.run(signature, () -> compile(a, weight, out, epilogue), all);
    }

    private OneDnnPrimitive compile(Tensor a, GroupedWeight weight, Tensor out, Epilogue epilogue) {
        List<Argument> arguments = new ArrayList<>(List.of(
                new Argument(DNNL_ARG_SRC, OneDnn.layout(a)),
                new Argument(DNNL_ARG_WEIGHTS, weight.layout()),
                new Argument(DNNL_ARG_DST, OneDnn.layout(out))));
        long size = weight.groups().size();
        try (post_ops operations = new post_ops();
                primitive_attr attributes = attributes(dnn, size)) {
            OneDnnEpilogue.append(epilogue, out, epilogue.addend(), operations, arguments);
            memory.desc scales = OneDnn.dense(a.size(1) / size, out.size(1));
            arguments.add(new Argument(DNNL_ARG_ATTR_SCALES | DNNL_ARG_WEIGHTS, scales));
            attributes.set_post_ops(operations);
            return dnn.product(arguments, epilogue.bias() != null, attributes);
        }
    }

    /** Exact factors, and a scale for each group of so many terms in each column. */
    static primitive_attr attributes(OneDnn dnn, long size) {
        primitive_attr attributes = dnn.attributes();
        attributes.set_fpmath_mode(fpmath_mode.strict, true);
        attributes.set_scales(DNNL_ARG_WEIGHTS, BOTH, new long[] {size, 1});
        return attributes;
    }

    /** Sums of each row's groups, [rows, groups]; valid until the next ones. */
    private Tensor sums(Tensor a, int size) {
        int rows = (int) a.size(0);
        int width = (int) a.size(1);
        int groups = width / size;
        if (sums == null || sums.floats() < (long) rows * groups) {
            close();
            sums = Storage.allocate((long) rows * groups);
        }
        if (row.length < width) {
            row = new float[width];
        }
        for (int i = 0; i < rows; i++) {
            a.buffer().get(a.offset() + i * (int) a.stride(0), row, 0, width);
            for (int group = 0; group < groups; group++) {
                float sum = 0;
                for (int at = group * size; at < (group + 1) * size; at++) {
                    sum += row[at];
                }
                sums.buffer().put(i * groups + group, sum);
            }
        }
        return Tensor.over(sums, 0, rows, groups);
    }

    private int number(memory.desc layout) {
        for (int i = 0; i < layouts.size(); i++) {
            if (layouts.get(i).equals(layout)) {
                return i;
            }
        }
        layouts.add(layout);
        return layouts.size() - 1;
    }

    @Override
    public void close() {
        if (sums != null) {
            sums.close();
            sums = null;
        }
    }
}
