package dev.graft.autograd.kernel;

import dev.graft.autograd.memory.CompactValues;
import dev.graft.autograd.memory.Storage;
import dev.graft.autograd.memory.Tensor;
import dev.graft.autograd.memory.ValueGroups;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive_attr;

/** Lays quantised weights out as oneDNN's products read them, some rows at a time; they keep their bits. */
final class GroupedPacking {
    private static final long TYPICAL_ROWS = 1024;

    /** Rows at a time: their numbers at one place of all of them fill half a line of the cache. */
    private static final int ROWS = 64;

    private final OneDnn dnn;

    GroupedPacking(OneDnn dnn) {
        this.dnn = dnn;
    }

    /** A weight [k, n] whose columns lie as rows of k. */
    GroupedWeight pack(Tensor b) {
        int k = (int) b.size(0);
        int n = (int) b.size(1);
        ValueGroups groups = b.compactValues().groups();
        int count = k / groups.size();
        Storage scales = Storage.allocate((long) count * n);
        Storage offsets = groups.shifted() ? Storage.allocate((long) count * n) : null;
        // numbers of 4 bits: [k, n], two neighbouring columns in a byte; of 8 bits: rows of k first
        Storage numbers = Storage.allocate(((long) k * n * groups.bits() / Byte.SIZE + Float.BYTES - 1) / Float.BYTES);
        ByteBuffer bytes = numbers.bytes();
        byte[] some = new byte[ROWS * k];
        float[] scale = new float[ROWS * count];
        float[] offset = new float[groups.shifted() ? ROWS * count : 0];
        for (int first = 0; first < n; first += ROWS) {
            int rows = Math.min(ROWS, n - first);
            if (rows < ROWS) {
                some = Arrays.copyOf(some, rows * k);
            }
            CompactValues values = b.compactValues();
            values.split(b.start() + (long) first * k, some, scale, offset);
            place(scale, rows, count, scales, first, n);
            if (offsets != null) {
                place(offset, rows, count, offsets, first, n);
            }
            if (groups.bits() == 4) {
                pairs(some, rows, k, bytes, first, n);
            } else {
                bytes.put(first * k, some, 0, rows * k);
            }
        }
        return new GroupedWeight(groups, packed(numbers, groups, k, n), scales, offsets, k, n);
    }

    /** [rows, count] to the columns of [count, n] from the first one on. */
    private static void place(float[] from, int rows, int count, Storage to, int first, int n) {
        float[] line = new float[rows];
        for (int group = 0; group < count; group++) {
            for (int row = 0; row < rows; row++) {
                line[row] = from[row * count + group];
            }
            to.buffer().put(group * n + first, line, 0, rows);
        }
    }

    private static void pairs(byte[] numbers, int rows, int k, ByteBuffer to, int first, int n) {
        byte[] line = new byte[rows / 2];
        for (int term = 0; term < k; term++) {
            for (int pair = 0; pair < line.length; pair++) {
                int low = numbers[2 * pair * k + term] & 15;
                line[pair] = (byte) (low | numbers[(2 * pair + 1) * k + term] << 4);
            }
            to.put((int) (((long) term * n + first) / 2), line, 0, line.length);
        }
    }

    private PackedWeight packed(Storage numbers, ValueGroups groups, int k, int n) {
        memory.data_type type =
                groups.bits() == 8 ? memory.data_type.s8 : groups.signed() ? memory.data_type.s4 : memory.data_type.u4;
        if (groups.bits() == 4) {
            memory.desc plain = new memory.desc(new long[] {k, n}, type, new long[] {n, 1});
            return new PackedWeight(
                    numbers::close, plain, Tensor.over(numbers, 0, 1).address());
        }
        memory.desc plain = new memory.desc(new long[] {k, n}, type, new long[] {1, k});
        memory.desc layout = layout(groups, k, n);
        Scratch memory = new Scratch();
        long address = memory.address((layout.get_size() + Float.BYTES - 1) / Float.BYTES);
        try (OneDnnPrimitive copy = dnn.reorder(plain, layout)) {
            dnn.run(copy, Tensor.over(numbers, 0, 1).address(), address);
        }
        numbers.close();
        return new PackedWeight(memory, layout, address);
    }

    /** The layout of bytes that products read fastest. */
    private memory.desc layout(ValueGroups groups, long k, long n) {
        memory.desc any = new memory.desc(new long[] {k, n}, memory.data_type.s8, memory.format_tag.any);
        try (primitive_attr attributes = OneDnnGrouped.attributes(dnn, groups.size());
                var description = new matmul.primitive_desc(
                        dnn.engine,
                        OneDnn.dense(TYPICAL_ROWS, k),
                        any,
                        OneDnn.dense(TYPICAL_ROWS, n),
                        attributes,
                        false)) {
            return description.weights_desc();
        }
    }
}
