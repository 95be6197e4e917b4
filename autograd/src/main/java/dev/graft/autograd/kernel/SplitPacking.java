package dev.graft.autograd.kernel;

import dev.graft.autograd.memory.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.dnnl.memory;

/** Splits a frozen weight into bf16 parts and packs them, block by block, in the layout that products read fastest. */
final class SplitPacking implements AutoCloseable {
    private static final int FLOATS = 30;
    private static final int HALVES = 31;

    /** Most rows or columns of a block: three parts of it fill half of a core's cache of 2 MB. */
    private static final long BLOCK = 384;

    /** Blocks end where the tiles of AMX end. */
    private static final long GRAIN = 32;

    private final OneDnn dnn;
    private final OneDnnSplit split;
    private final Map<List<Long>, memory.desc> layouts = new HashMap<>();
    private final Scratch scratch = new Scratch();

    SplitPacking(OneDnn dnn, OneDnnSplit split) {
        this.dnn = dnn;
        this.split = split;
    }

    /** All blocks of a weight in parts, in memory of their own. */
    SplitWeight pack(Tensor weight, boolean whole) {
        List<SplitWeight.Block> blocks = blocks(weight, whole);
        long bytes = 0;
        long[] addresses = new long[blocks.size()];
        for (int i = 0; i < addresses.length; i++) {
            addresses[i] = bytes;
            bytes += blocks.get(i).bytes();
        }
        Scratch memory = new Scratch();
        long start = memory.address(bytes / Float.BYTES);
        for (int i = 0; i < addresses.length; i++) {
            addresses[i] += start;
            fill(weight, blocks.get(i), addresses[i]);
        }
        scratch.close();
        return new SplitWeight(memory, blocks, addresses);
    }

    /**
     * How a weight is cut.
     *
     * @param weight [k, n], any strides
     * @param whole true to leave all columns in one block
     */
    List<SplitWeight.Block> blocks(Tensor weight, boolean whole) {
        Cut rows = Cut.atMost(BLOCK, weight.size(0), GRAIN);
        Cut columns = whole ? new Cut(weight.size(1), 1, GRAIN) : Cut.atMost(BLOCK, weight.size(1), GRAIN);
        List<SplitWeight.Block> blocks = new ArrayList<>();
        for (int j = 0; j < columns.count(); j++) {
            for (int i = 0; i < rows.count(); i++) {
                long height = rows.start(i + 1) - rows.start(i);
                long width = columns.start(j + 1) - columns.start(j);
                memory.desc layout = layouts.computeIfAbsent(
                        List.of(height, width),
                        size -> dnn.packedLayout(Cut.ROWS, height, width, memory.data_type.bf16));
                blocks.add(new SplitWeight.Block(rows.start(i), columns.start(j), height, width, layout));
            }
        }
        return blocks;
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

    /** Writes the parts of a block. */
    void fill(Tensor weight, SplitWeight.Block block, long parts) {
        long size = block.rows() * block.columns();
        long floats = scratch.address(size + (size * OneDnnSplit.PARTS + 1) / 2);
        long halves = floats + size * Float.BYTES;
        Tensor from = weight.narrow(0, block.row(), block.row() + block.rows())
                .narrow(1, block.column(), block.column() + block.columns());
        dnn.run(
                new Signature(FLOATS).add(from),
                () -> dnn.reorder(OneDnn.layout(from), OneDnn.dense(block.rows(), block.columns())),
                from.address(),
                floats);
        split.run(floats, size, halves);
        for (int i = 0; i < OneDnnSplit.PARTS; i++) {
            dnn.run(
                    new Signature(HALVES).add(block.rows()).add(block.columns()),
                    () -> dnn.reorder(OneDnn.half(block.rows(), block.columns()), block.layout()),
                    halves + i * size * Short.BYTES,
                    parts + i * block.stride());
        }
    }

    @Override
    public void close() {
        scratch.close();
    }
}
