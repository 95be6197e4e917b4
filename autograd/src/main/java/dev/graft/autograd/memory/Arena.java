package dev.graft.autograd.memory;

import java.util.ArrayList;
import java.util.List;

/**
 * Lends the memory of one step: blocks come from a few large ND4J buffers and go back as soon as nothing needs them.
 *
 * <p>One arena belongs to one thread. Between steps it is empty but keeps its chunks, so that a long run neither
 * allocates nor grows.
 */
public final class Arena implements AutoCloseable {
    /** Sixteen floats are a cache line; every block starts on one. */
    static final long LINE = 16;

    private static final long CHUNK = 4L << 20;

    private final List<Chunk> chunks = new ArrayList<>();
    private long lent;
    private long most;

    /** Lends a dense tensor of the given shape with undefined content. */
    public Tensor allocate(long... shape) {
        long floats = Math.max(LINE, (Shapes.size(shape) + LINE - 1) / LINE * LINE);
        Block block = null;
        for (int i = 0; i < chunks.size() && block == null; i++) {
            block = chunks.get(i).take(floats);
        }
        if (block == null) {
            if (floats > Storage.MAX_FLOATS) {
                throw new IllegalArgumentException(
                        "a tensor of shape " + Shapes.text(shape) + " exceeds 2 GB; use a smaller micro-batch");
            }
            Chunk chunk = new Chunk(this, Math.max(floats, CHUNK));
            chunks.add(chunk);
            block = chunk.take(floats);
        }
        return new Tensor(block.chunk.storage, block, block.offset, shape, Shapes.dense(shape));
    }

    /** Lends a dense tensor filled with zeros. */
    public Tensor zeros(long... shape) {
        Tensor tensor = allocate(shape);
        Tiles.fill(tensor, 0f);
        return tensor;
    }

    /** Floats that the arena holds from ND4J, lent or not. */
    public long capacity() {
        return chunks.stream().mapToLong(chunk -> chunk.storage.floats()).sum();
    }

    /** A chunk lends so many floats more, or fewer. */
    void lend(long more) {
        lent += more;
        most = Math.max(most, lent);
    }

    /** Most floats that were lent at once. */
    public long most() {
        return most;
    }

    /** True if every block came back. */
    public boolean empty() {
        return chunks.stream().allMatch(Chunk::unused);
    }

    /** Gives all memory back to ND4J; tensors of this arena are invalid afterwards. */
    @Override
    public void close() {
        chunks.forEach(chunk -> chunk.storage.close());
        chunks.clear();
    }
}
