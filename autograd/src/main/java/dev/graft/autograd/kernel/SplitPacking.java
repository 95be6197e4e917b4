package dev.graft.autograd.kernel;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_FROM;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_TO;

import dev.graft.autograd.kernel.OneDnnPrimitive.Argument;
import dev.graft.autograd.memory.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.dnnl.reorder;

/** Splits a frozen weight into bf16 parts and packs them, block by block, in the layout that products read fastest. */
final class SplitPacking {
    /** Most rows or columns of a block: three parts of it fill half of a core's cache of 2 MB. */
    private static final long BLOCK = 384;

    /** Blocks end where the tiles of AMX end. */
    private static final long GRAIN = 32;

    private final OneDnn dnn;
    private final OneDnnSplit split;

    SplitPacking(OneDnn dnn, OneDnnSplit split) {
        this.dnn = dnn;
        this.split = split;
    }

    /**
     * Packs a weight.
     *
     * @param weight [k, n], any strides
     * @param whole true to leave all columns in one block
     */
    SplitWeight pack(Tensor weight, boolean whole) {
        long k = weight.size(0);
        long n = weight.size(1);
        long height = extent(k);
        long width = whole ? n : extent(n);
        List<SplitWeight.Block> blocks = new ArrayList<>();
        long bytes = 0;
        for (long column = 0; column < n; column += width) {
            for (long row = 0; row < k; row += height) {
                long rows = Math.min(height, k - row);
                long columns = Math.min(width, n - column);
                memory.desc layout = bestLayout(rows, columns);
                long[] parts = new long[OneDnnSplit.PARTS];
                for (int i = 0; i < parts.length; i++) {
                    parts[i] = bytes;
                    bytes += (layout.get_size() + 63) / 64 * 64; // each starts on a cache line
                }
                blocks.add(new SplitWeight.Block(row, column, rows, columns, layout, parts));
            }
        }
        Scratch memory = new Scratch();
        fill(weight, blocks, memory.address(bytes / Float.BYTES));
        return new SplitWeight(memory, blocks);
    }

    /** Rows or columns of a block, so that blocks are about equal. */
    private static long extent(long size) {
        long count = (size + BLOCK - 1) / BLOCK;
        return ((size + count - 1) / count + GRAIN - 1) / GRAIN * GRAIN;
    }

    /** The most columns that a block may have and that divide them; all if no such number is near. */
    static long divisor(long columns) {
        for (long count = (columns + BLOCK - 1) / BLOCK; count <= 2 * columns / BLOCK; count++) {
            if (columns % (count * GRAIN) == 0) {
                return columns / count;
            }
        }
        return columns;
    }

    private memory.desc bestLayout(long rows, long columns) {
        long typical = OneDnnParts.ROWS;
        memory.desc any = new memory.desc(new long[] {rows, columns}, memory.data_type.bf16, memory.format_tag.any);
        try (primitive_attr attributes = dnn.attributes();
                var description = new matmul.primitive_desc(
                        dnn.engine,
                        OneDnn.half(typical, rows),
                        any,
                        OneDnn.dense(typical, columns),
                        attributes,
                        false)) {
            return description.weights_desc();
        }
    }

    /** Writes the parts of all blocks; the blocks' addresses count from the start until then. */
    private void fill(Tensor weight, List<SplitWeight.Block> blocks, long start) {
        long largest = blocks.stream()
                .mapToLong(block -> block.rows() * block.columns())
                .max()
                .orElse(0);
        long parts = (largest * OneDnnSplit.PARTS + 1) / 2;
        try (Scratch scratch = new Scratch()) {
            long floats = scratch.address(largest + parts);
            long halves = floats + largest * Float.BYTES;
            for (SplitWeight.Block block : blocks) {
                long size = block.rows() * block.columns();
                Tensor from = weight.narrow(0, block.row(), block.row() + block.rows())
                        .narrow(1, block.column(), block.column() + block.columns());
                reorder(OneDnn.layout(from), OneDnn.dense(block.rows(), block.columns()), from.address(), floats);
                split.run(floats, size, halves);
                for (int i = 0; i < OneDnnSplit.PARTS; i++) {
                    block.parts()[i] += start;
                    memory.desc plain = OneDnn.half(block.rows(), block.columns());
                    reorder(plain, block.layout(), halves + i * size * Short.BYTES, block.parts()[i]);
                }
            }
        }
    }

    private void reorder(memory.desc from, memory.desc to, long source, long target) {
        try (primitive_attr attributes = new primitive_attr();
                var description = new reorder.primitive_desc(dnn.engine, from, dnn.engine, to, attributes, false);
                var copy = new OneDnnPrimitive(
                        dnn.engine,
                        new reorder(description),
                        new Argument(DNNL_ARG_FROM, from),
                        new Argument(DNNL_ARG_TO, to))) {
            dnn.run(copy, source, target);
        }
    }
}
