package dev.graft.autograd.kernel;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_ATTR_SCALES;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import dev.graft.autograd.kernel.OneDnnPrimitive.Argument;
import dev.graft.autograd.memory.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.dnnl.global.dnnl.fpmath_mode;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Products with frozen weights of bf16, or of bytes with a factor a row, by oneDNN, which widens them inside the
 * product: a weight is packed once, in its own type, and never becomes floats.
 */
final class OneDnnCompact implements AutoCloseable {
    private static final int OPERATION = 17;
    private static final int ROUND = 18;
    private static final long TYPICAL_ROWS = 1024;
    private static final int LEAST = 32;

    /**
     * With more terms, oneDNN 3.11's product of floats and packed halves gives wrong values: it is summed in pieces.
     */
    private static final int MOST_TERMS = 512;

    /** Numbers of rows from which rounded factors on AMX are faster than exact ones. */
    private static final int MANY_ROWS = 32;

    private final OneDnn dnn;
    private final OneDnnGrouped grouped;
    private final OneDnnFewRows few;
    private final boolean rounds;
    private final List<memory.desc> layouts = new ArrayList<>();
    private final Scratch scratch = new Scratch();

    /**
     * Products.
     *
     * @param plain for those of floats
     */
    OneDnnCompact(MathMode math, Kernels plain) {
        dnn = new OneDnn(MathMode.FP32);
        grouped = new OneDnnGrouped(dnn, plain);
        few = new OneDnnFewRows(dnn, plain);
        rounds = math == MathMode.BF16;
    }

    /** A packed weight, null where oneDNN has no fast product for it, and the factors of its columns if it has such. */
    private record Packed(PackedWeight weight, Scratch scales, long scalesAddress) implements AutoCloseable {
        @Override
        public void close() {
            if (weight != null) {
                weight.close();
            }
            if (scales != null) {
                scales.close();
            }
        }
    }

    /** Computes the product if this is one for oneDNN; false if not: then nothing was done. */
    boolean run(Tensor a, Tensor b, Tensor out, Epilogue epilogue) {
        if (OneDnnGrouped.serves(b) && epilogue.function() == null && fits(a, b, out, epilogue)) {
            grouped.run(a, b, out, epilogue);
            return true;
        }
        boolean halves = b.compactValues().halves() != null;
        boolean bytes = !halves && b.compactValues().rowScales() != null && b.stride(0) == 1;
        boolean amx = rounds && a.size(0) >= MANY_ROWS;
        if (!halves && !bytes || bytes && amx || !fits(a, b, out, epilogue)) {
            return false;
        }
        if (!amx && b.stride(0) == 1 && few.serves(a) && few(a, b, out, epilogue, halves)) {
            return true;
        }
        return widened(a, b, out, epilogue, halves, amx);
    }

    /** By products that widen the weight inside, or with AMX round the first factor. */
    private boolean widened(Tensor a, Tensor b, Tensor out, Epilogue epilogue, boolean halves, boolean amx) {
        memory.data_type from = halves && amx ? memory.data_type.bf16 : memory.data_type.f32;
        Cut terms = halves && !amx ? Cut.atMost(MOST_TERMS, b.size(0), LEAST) : new Cut(b.size(0), 1, 1);
        if (terms.count() > 1 && epilogue.function() != null) {
            return false;
        }
        List<Packed> packed = new ArrayList<>();
        for (int i = 0; i < terms.count(); i++) {
            Packed part = packed(b.narrow(0, terms.start(i), terms.start(i + 1)), from, halves);
            if (part.weight() == null) {
                return false;
            }
            packed.add(part);
        }
        Misfit.product(a, b, out, epilogue);
        for (int i = 0; i < terms.count(); i++) {
            boolean last = i == terms.count() - 1;
            Epilogue part = new Epilogue(
                    last ? epilogue.bias() : null,
                    epilogue.function(),
                    epilogue.scale(),
                    epilogue.mask(),
                    last ? epilogue.addend() : null,
                    i > 0 || epilogue.accumulate());
            multiply(a.narrow(1, terms.start(i), terms.start(i + 1)), packed.get(i), from, out, part);
        }
        return true;
    }

    private boolean few(Tensor a, Tensor b, Tensor out, Epilogue epilogue, boolean halves) {
        Packed packed = packed(b, halves ? memory.data_type.bf16 : memory.data_type.s8, halves);
        if (packed.weight() == null || !a.isDense()) {
            return false;
        }
        Misfit.product(a, b, out, epilogue);
        PackedWeight weight = packed.weight();
        few.run(
                a,
                new OneDnnFewRows.Weight(
                        weight.layout(), number(weight.layout()), weight.address(), packed.scalesAddress()),
                out,
                epilogue);
        return true;
    }

    private static boolean fits(Tensor a, Tensor b, Tensor out, Epilogue epilogue) {
        Tensor addend = epilogue.addend();
        boolean beside =
                addend == null || addend.isDense() && out.isDense() && Arrays.equals(addend.shape(), out.shape());
        return beside && b.size(0) >= LEAST && b.size(1) >= LEAST && a.stride(1) == 1 && out.stride(1) == 1;
    }

    private void multiply(Tensor a, Packed packed, memory.data_type from, Tensor out, Epilogue epilogue) {
        boolean round = from == memory.data_type.bf16;
        Signature signature = new Signature(OPERATION)
                .add(number(packed.weight().layout()))
                .add(round ? 1 : 0)
                .add(packed.scales() == null ? 0 : 1)
                .add(a)
                .add(out);
        OneDnnEpilogue.describe(signature, epilogue);
        long left = round ? rounded(a) : a.address();
        long[] some = OneDnnEpilogue.addresses(epilogue, left, packed.weight().address(), out.writable());
        int count = OneDnnEpilogue.count(epilogue);
        long[] all = Arrays.copyOf(some, count + 1);
        all[count] = packed.scalesAddress();
        dnn.run(signature, () -> compile(a, packed, from, out, epilogue), all);
    }

    private OneDnnPrimitive compile(Tensor a, Packed packed, memory.data_type from, Tensor out, Epilogue epilogue) {
        boolean round = from == memory.data_type.bf16;
        List<Argument> arguments = new ArrayList<>(List.of(
                new Argument(DNNL_ARG_SRC, round ? OneDnn.half(a.size(0), a.size(1)) : OneDnn.layout(a)),
                new Argument(DNNL_ARG_WEIGHTS, packed.weight().layout()),
                new Argument(DNNL_ARG_DST, OneDnn.layout(out))));
        try (post_ops operations = new post_ops();
                primitive_attr attributes = attributes(packed.scales() != null, from)) {
            OneDnnEpilogue.append(epilogue, out, epilogue.addend(), operations, arguments);
            if (packed.scales() != null) {
                memory.desc row = new memory.desc(new long[] {out.size(1)}, memory.data_type.f32, new long[] {1});
                arguments.add(new Argument(DNNL_ARG_ATTR_SCALES | DNNL_ARG_WEIGHTS, row));
            }
            attributes.set_post_ops(operations);
            return dnn.product(arguments, epilogue.bias() != null, attributes);
        }
    }

    private primitive_attr attributes(boolean scaled, memory.data_type from) {
        primitive_attr attributes = dnn.attributes();
        if (scaled) {
            if (from == memory.data_type.f32) {
                attributes.set_fpmath_mode(fpmath_mode.strict, true);
            }
            attributes.set_scales_mask(DNNL_ARG_WEIGHTS, 2); // one a column
        }
        return attributes;
    }

    private long rounded(Tensor a) {
        long address = scratch.address((a.length() + 1) / 2);
        dnn.run(
                new Signature(ROUND).add(a),
                () -> dnn.reorder(OneDnn.layout(a), OneDnn.half(a.size(0), a.size(1))),
                a.address(),
                address);
        return address;
    }

    private Packed packed(Tensor b, memory.data_type from, boolean halves) {
        Object key = List.of("compact", from.name(), b.start(), b.stride(0), b.size(0), b.size(1));
        return b.derived(key, Packed.class, () -> pack(b, from, halves));
    }

    private Packed pack(Tensor b, memory.data_type from, boolean halves) {
        memory.data_type type = halves ? memory.data_type.bf16 : memory.data_type.s8;
        memory.desc layout = layout(b.size(0), b.size(1), from, type);
        if (layout == null) {
            return new Packed(null, null, 0);
        }
        ByteBuffer bytes =
                halves ? b.compactValues().halves() : b.compactValues().signedBytes();
        memory.desc plain = new memory.desc(b.shape(), type, b.strides());
        Scratch memory = new Scratch();
        long address = memory.address((layout.get_size() + Float.BYTES - 1) / Float.BYTES);
        long start = new BytePointer(bytes).address() + b.start() * (halves ? Short.BYTES : 1);
        try (OneDnnPrimitive copy = dnn.reorder(plain, layout)) {
            dnn.run(copy, start, address);
        }
        PackedWeight weight = new PackedWeight(memory, layout, address);
        return halves ? new Packed(weight, null, 0) : scaled(b, weight);
    }

    private static Packed scaled(Tensor b, PackedWeight weight) {
        int first = (int) (b.start() / b.stride(1)); // rows of the weight are columns here
        int columns = (int) b.size(1);
        Scratch scales = new Scratch();
        long address = scales.address(columns);
        new FloatPointer(new Raw(address)).put(b.compactValues().rowScales(), first, columns);
        return new Packed(weight, scales, address);
    }

    /** A pointer to an address. */
    private static final class Raw extends Pointer {
        Raw(long at) {
            address = at;
        }
    }

    /** The layout that products read fastest; null where oneDNN has only its plain loops. */
    private memory.desc layout(long k, long n, memory.data_type from, memory.data_type type) {
        memory.desc a = new memory.desc(new long[] {TYPICAL_ROWS, k}, from, new long[] {k, 1});
        memory.desc any = new memory.desc(new long[] {k, n}, type, memory.format_tag.any);
        try (primitive_attr attributes = attributes(type == memory.data_type.s8, from);
                var description = new matmul.primitive_desc(
                        dnn.engine, a, any, OneDnn.dense(TYPICAL_ROWS, n), attributes, true)) {
            if (description.isNull() || description.get(true) == null) {
                return null;
            }
            BytePointer name = description.impl_info_str();
            return name == null || name.getString().startsWith("ref") ? null : description.weights_desc();
        }
    }

    /** A number for a packed layout: primitives are compiled for one of them. */
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
        scratch.close();
        grouped.close();
        few.close();
        dnn.close();
    }
}
