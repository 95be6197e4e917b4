package dev.graft.autograd;

import dev.graft.autograd.memory.Tensor;
import dev.graft.autograd.memory.Tiles;
import java.util.ArrayList;
import java.util.List;

/**
 * The bias of attention that knows distances alone (Raffel et al. 2020, arXiv 1910.10683, section 2.1): for each head a
 * learned number a bucket of distances, key position minus query position.
 */
public final class DistanceBias {
    private final int[] buckets;
    private final int least;

    /**
     * Which distances share a number.
     *
     * @param buckets of the distances from {@code least} on
     * @param least the most negative distance
     */
    public DistanceBias(int[] buckets, int least) {
        this.buckets = buckets.clone();
        this.least = least;
    }

    /**
     * The scores of one sequence: its last queries over all its keys.
     *
     * @param queries number of queries; the last is at the last key
     * @param keys number of keys at neighbouring positions
     * @param blank keys in front of them that have no position: their bias is 0
     */
    public record Block(int queries, int keys, int blank) {
        /** Keys that a query sees. */
        public int seen() {
            return blank + keys;
        }

        /** The distance of a query's first key that has a position. */
        private int first(int query) {
            return queries - keys - query;
        }
    }

    /**
     * Blocks [heads, queries, seen] one after another, for {@link AttentionBias}.
     *
     * @param table [buckets, heads]
     * @return [numbers]
     */
    public Var apply(Var table, List<Block> blocks) {
        Require.rank(table, 2, "the table of a distance bias");
        Tape tape = table.tape();
        int heads = (int) table.size(1);
        Tensor out = tape.arena().allocate(size(blocks, heads));
        float[] values = table.value().toArray();
        float[] byDistance = new float[buckets.length];
        for (int head = 0; head < heads; head++) {
            for (int d = 0; d < buckets.length; d++) {
                byDistance[d] = values[buckets[d] * heads + head];
            }
            write(out, blocks, heads, head, byDistance);
        }
        Var result = tape.result(out, table);
        if (result.requiresGradient()) {
            List<Block> kept = new ArrayList<>(blocks);
            tape.record(result, dy -> backward(tape, table, kept, dy));
        }
        return result;
    }

    private static long size(List<Block> blocks, int heads) {
        long size = 0;
        for (Block block : blocks) {
            size += (long) heads * block.queries() * block.seen();
        }
        return size;
    }

    private void write(Tensor out, List<Block> blocks, int heads, int head, float[] byDistance) {
        int start = out.offset();
        for (Block block : blocks) {
            float[] zeros = new float[block.blank()];
            int at = start + head * block.queries() * block.seen();
            for (int query = 0; query < block.queries(); query++) {
                out.buffer().put(at, zeros);
                int length = block.seen() - zeros.length;
                out.buffer().put(at + zeros.length, byDistance, block.first(query) - least, length);
                at += block.seen();
            }
            start += heads * block.queries() * block.seen();
        }
    }

    private void backward(Tape tape, Var table, List<Block> blocks, Tensor dy) {
        int heads = (int) table.size(1);
        float[] gradient = new float[Math.toIntExact(table.size(0) * heads)];
        for (int head = 0; head < heads; head++) {
            float[] byDistance = new float[buckets.length];
            int start = dy.offset();
            for (Block block : blocks) {
                int at = start + head * block.queries() * block.seen();
                add(dy, block, at, byDistance);
                start += heads * block.queries() * block.seen();
            }
            for (int d = 0; d < buckets.length; d++) {
                gradient[buckets[d] * heads + head] += byDistance[d];
            }
        }
        Tensor to = tape.arena().allocate(table.shape());
        Tiles.write(gradient, to);
        tape.give(table, to);
    }

    private void add(Tensor dy, Block block, int from, float[] byDistance) {
        float[] row = new float[block.seen()];
        for (int query = 0; query < block.queries(); query++) {
            dy.buffer().get(from + query * block.seen(), row);
            int first = block.first(query) - least - block.blank();
            for (int key = block.blank(); key < row.length; key++) {
                byDistance[first + key] += row[key];
            }
        }
    }
}
