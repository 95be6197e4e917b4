package dev.graft.autograd.kernel;

import dev.graft.autograd.memory.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.memory;

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
        Cut rows = Cut.atMost(BLOCK, weight.size(0), GRAIN);
        Cut columns = whole ? new Cut(weight.size(1), 1, GRAIN) : Cut.atMost(BLOCK, weight.size(1), GRAIN);
        List<SplitWeight.Block> blocks = new ArrayList<>();
        long bytes = 0;
        for (int j = 0; j < columns.count(); j++) {
            for (int i = 0; i < rows.count(); i++) {
                long height = rows.start(i + 1) - rows.start(i);
                long width = columns.start(j + 1) - columns.start(j);
                memory.desc layout = dnn.packedLayout(Cut.ROWS, height, width, memory.data_type.bf16);
                long[] parts = new long[OneDnnSplit.PARTS];
                for (int part = 0; part < parts.length; part++) {
                    parts[part] = bytes;
                    bytes += (layout.get_size() + 63) / 64 * 64; // each starts on a cache line
                }
                blocks.add(new SplitWeight.Block(rows.start(i), columns.start(j), height, width, layout, parts));
            }
        }
        Scratch memory = new Scratch();
        fill(weight, blocks, memory.address(bytes / Float.BYTES));
        return new SplitWeight(memory, blocks);
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
        try (OneDnnPrimitive copy = dnn.reorder(from, to)) {
            dnn.run(copy, source, target);
        }
    }
}
