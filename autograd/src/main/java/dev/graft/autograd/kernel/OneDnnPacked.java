package dev.graft.autograd.kernel;

import dev.graft.autograd.memory.Copies;
import dev.graft.autograd.memory.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.memory;

/**
 * Products with frozen weights: a weight is packed once, instead of at every product, and with bf16 math both factors
 * are rounded before the product, not inside it. The packed copy lives as long as the weight (docs/decisions/0004).
 */
final class OneDnnPacked implements AutoCloseable {
    private static final int REORDER = 8;
    private static final int DESCRIPTION = 9;

    /** Rows for which the layout is chosen; it serves all other numbers of rows as well. */
    private static final long TYPICAL_ROWS = 1024;

    private final OneDnn dnn;
    private final memory.data_type type;
    private final List<memory.desc> layouts = new ArrayList<>();
    private final Scratch scratch = new Scratch();

    OneDnnPacked(OneDnn dnn) {
        this.dnn = dnn;
        this.type = dnn.math() == MathMode.BF16 ? memory.data_type.bf16 : memory.data_type.f32;
    }

    /** True if b is a frozen matrix that is worth packing. With bf16 math, packed copies are small and gain most. */
    boolean serves(Tensor a, Tensor b) {
        boolean matrices = b.isReadOnly() && b.rank() == 2 && a.rank() == 2 && b.size(0) >= 32 && b.size(1) >= 32;
        return matrices && (b.copies() != Copies.Room.NONE || dnn.math() == MathMode.BF16);
    }

    /** The packed form of a frozen weight. */
    PackedWeight packed(Tensor weight) {
        Object key = List.of(type.name(), weight.offset(), weight.stride(0), weight.size(0), weight.size(1));
        return weight.derived(key, PackedWeight.class, () -> pack(weight));
    }

    private PackedWeight pack(Tensor weight) {
        long k = weight.size(0);
        long n = weight.size(1);
        memory.desc layout = dnn.packedLayout(TYPICAL_ROWS, k, n, type);
        Scratch memory = new Scratch();
        long address = memory.address((layout.get_size() + Float.BYTES - 1) / Float.BYTES);
        memory.desc from = OneDnn.layout(weight);
        try (OneDnnPrimitive copy = dnn.reorder(from, layout)) {
            dnn.run(copy, weight.address(), address);
        }
        return new PackedWeight(memory, layout, address);
    }

    private memory.desc rows(long rows, long k) {
        return new memory.desc(new long[] {rows, k}, type, new long[] {k, 1});
    }

    /** What the product reads as its first factor: a itself, or its bf16 copy. */
    memory.desc factorLayout(Tensor a) {
        return type == memory.data_type.f32 ? OneDnn.layout(a) : rows(a.size(0), a.size(1));
    }

    /** Address of the first factor, rounded to bf16 where the math says so. */
    long factor(Tensor a) {
        if (type == memory.data_type.f32) {
            return a.address();
        }
        long address = scratch.address((a.length() + 1) / 2);
        Signature signature = new Signature(REORDER).add(a);
        dnn.run(signature, () -> dnn.reorder(OneDnn.layout(a), rows(a.size(0), a.size(1))), a.address(), address);
        return address;
    }

    /** A number for a packed layout: primitives are compiled for one of them. */
    int number(PackedWeight weight) {
        for (int i = 0; i < layouts.size(); i++) {
            if (layouts.get(i).equals(weight.layout())) {
                return i;
            }
        }
        layouts.add(weight.layout());
        return layouts.size() - 1;
    }

    /** The signature of a product with a packed weight. */
    Signature signature(Tensor a, PackedWeight weight) {
        Signature signature = new Signature(DESCRIPTION).add(number(weight));
        return type == memory.data_type.f32
                ? signature.add(a)
                : signature.add(a.size(0)).add(a.size(1));
    }

    @Override
    public void close() {
        scratch.close();
    }
}
