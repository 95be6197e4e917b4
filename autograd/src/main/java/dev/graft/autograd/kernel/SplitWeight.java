package dev.graft.autograd.kernel;

import java.util.List;
import org.bytedeco.dnnl.memory;

/** A frozen weight as three bf16 parts, cut into blocks that fit a core's cache and packed. Shared by threads. */
final class SplitWeight implements AutoCloseable {
    private final Scratch memory;
    private final List<Block> blocks;

    /**
     * A block of a weight [k, n].
     *
     * @param row its first row
     * @param column its first column
     * @param rows how many rows
     * @param columns how many columns
     * @param layout of each part
     * @param parts addresses of the parts, the highest first
     */
    record Block(long row, long column, long rows, long columns, memory.desc layout, long[] parts) {}

    SplitWeight(Scratch memory, List<Block> blocks) {
        this.memory = memory;
        this.blocks = List.copyOf(blocks);
    }

    /** Blocks of the same columns stand together, by their first row. */
    List<Block> blocks() {
        return blocks;
    }

    @Override
    public void close() {
        memory.close();
    }
}
