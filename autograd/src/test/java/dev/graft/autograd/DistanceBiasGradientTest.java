package dev.graft.autograd;

import dev.graft.autograd.DistanceBias.Block;
import dev.graft.autograd.check.Seed;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Biases by distance against their definition: whole texts, last tokens over a cache, rows without a position. */
class DistanceBiasGradientTest {
    private static final int HEADS = 3;
    private static final int[] BUCKETS = {3, 3, 2, 1, 1, 0, 0, 0, 1, 2, 3};
    private static final int LEAST = -6;
    private static final List<Block> BLOCKS =
            List.of(new Block(3, 3, 0), new Block(2, 5, 0), new Block(1, 7, 0), new Block(2, 4, 2), new Block(1, 1, 3));

    private static double[] blocks(double[] table) {
        double[] out = new double[HEADS * (9 + 10 + 7 + 12 + 4)];
        int at = 0;
        for (Block block : BLOCKS) {
            for (int head = 0; head < HEADS; head++) {
                for (int query = 0; query < block.queries(); query++) {
                    for (int key = 0; key < block.blank() + block.keys(); key++) {
                        int own = key - block.blank();
                        int distance = own - (block.keys() - block.queries() + query);
                        out[at++] = own < 0 ? 0 : table[BUCKETS[distance - LEAST] * HEADS + head];
                    }
                }
            }
        }
        return out;
    }

    @Test
    void everyScoreHasTheNumberOfItsDistance() {
        DistanceBias bias = new DistanceBias(BUCKETS, LEAST);
        GradientCheck.check(
                "distance bias",
                x -> bias.apply(x[0], BLOCKS),
                x -> blocks(x[0]),
                Input.normal(new Random(Seed.random("distances").nextLong()), 4, HEADS));
    }
}
