package dev.graft.autograd.kernel;

import java.util.List;
import org.bytedeco.dnnl.memory;

/** A frozen weight as three bf16 parts, cut into blocks that fit a core's cache and packed. Shared by threads. */
final class SplitWeight implements AutoCloseable {
    private final Scratch memory;
    private final List<Block> blocks;
    private final long[] addresses;

    /**
     * A block of a weight [k, n]. Its parts lie one behind another, the highest first.
     *
     * @param row its first row
     * @param column its first column
     * @param rows how many rows
     * @param columns how many columns
     * @param layout of each part
     */
    record Block(long row, long column, long rows, long columns, memory.desc layout) {
        private static final long LINE = 64;

        /** Bytes from one part to the next; each starts on a cache line. */
        long stride() {
            return (layout.get_size() + LINE - 1) / LINE * LINE;
        }

        /** Bytes of all parts. */
        long bytes() {
            return stride() * OneDnnSplit.PARTS;
        }
    }

    /**
     * A weight in parts.
     *
     * @param addresses where each block's parts begin
     */
    SplitWeight(Scratch memory, List<Block> blocks, long[] addresses) {
        this.memory = memory;
        this.blocks = List.copyOf(blocks);
        this.addresses = addresses;
    }

    /** Blocks of the same columns stand together, by their first row. */
    List<Block> blocks() {
        return blocks;
    }

    /** Where the parts of a block begin. */
    long address(int block) {
        return addresses[block];
    }

    @Override
    public void close() {
        memory.close();
    }
}
