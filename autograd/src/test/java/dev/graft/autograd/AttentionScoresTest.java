package dev.graft.autograd;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.graft.autograd.check.Seed;
import dev.graft.autograd.kernel.MathMode;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What limits or moves the scores of attention: windows, caps and biases, with grouped heads and prefixes. */
class AttentionScoresTest {
    private static final AttentionShape PLAIN = new AttentionShape(2, 2, 3, 0.5, false);
    private static final AttentionShape CAUSAL = new AttentionShape(2, 2, 3, 0.5, true);
    private static final AttentionShape GROUPED = new AttentionShape(4, 2, 3, 0.5, true);

    private final Random random = Seed.random("scores");

    private Input[] inputs(AttentionShape shape, int rows, int keyRows) {
        long width = (long) shape.keyValueHeads() * shape.headSize();
        return new Input[] {
            Input.normal(random, rows, (long) shape.heads() * shape.headSize()),
            Input.normal(random, keyRows, width),
            Input.normal(random, keyRows, width)
        };
    }

    private void check(AttentionShape shape, Sequences queries, Sequences keys) {
        GradientCheck.check(
                shape.toString(),
                x -> Attention.apply(x[0], x[1], x[2], shape, queries, keys),
                new NaiveAttention(shape, queries, keys, weight -> 1)::apply,
                inputs(shape, queries.tokens(), keys.tokens()));
    }

    @Test
    void windowsAndCaps() {
        Sequences equal = Sequences.packed(5, 5, 5, 5, 2);
        for (int window : new int[] {0, 1, 3, 9}) {
            for (double cap : new double[] {0, 0.75}) {
                for (int heads : new int[] {2, 4}) {
                    AttentionShape shape = new AttentionShape(heads, 2, 3, 0.5, true, window, cap);
                    check(shape, equal, equal);
                    check(shape, Sequences.packed(1, 3), Sequences.packed(6, 5));
                }
            }
        }
        check(new AttentionShape(2, 2, 3, 0.5, false, 0, 0.75), equal, equal);
    }

    @Test
    void aWindowHidesRowsOfThePrefix() {
        Sequences rows = Sequences.packed(4, 4, 4, 4, 3);
        Sequences front = Sequences.at(new int[5], new int[] {2, 2, 2, 2, 2});
        for (int window : new int[] {2, 3, 5}) {
            AttentionShape shape = new AttentionShape(4, 2, 3, 0.5, true, window, 0);
            Input[] own = inputs(shape, 19, 19);
            Input[] all = {own[0], own[1], own[2], Input.normal(random, 2, 6), Input.normal(random, 2, 6)};
            Sequences longer = Sequences.packed(6, 6, 6, 6, 5);
            NaiveAttention naive = new NaiveAttention(shape, rows, longer, weight -> 1);
            GradientCheck.check(
                    "prefix, " + shape,
                    x -> Attention.apply(
                            x[0], x[1], x[2], shape, rows, rows, new AttentionPrefix(x[3], x[4], front), 0, null),
                    x -> naive.apply(x[0], joined(x[3], x[1], rows), joined(x[4], x[2], rows)),
                    all);
        }
    }

    /** The two rows of a prefix copied in front of each sequence. */
    private static double[] joined(double[] prefix, double[] own, Sequences rows) {
        int width = prefix.length / 2;
        double[] all = new double[(rows.tokens() + 2 * rows.count()) * width];
        for (int i = 0; i < rows.count(); i++) {
            int to = (rows.start(i) + 2 * i) * width;
            System.arraycopy(prefix, 0, all, to, 2 * width);
            System.arraycopy(own, rows.start(i) * width, all, to + 2 * width, rows.length(i) * width);
        }
        return all;
    }

    @Test
    void biases() {
        for (AttentionShape shape : new AttentionShape[] {PLAIN, CAUSAL, GROUPED}) {
            int block = shape.heads() * 9;
            Sequences rows = Sequences.packed(3, 3, 3, 3, 3, 2);
            int[] shared = {0, 0, 0, 0, block, 2 * block};
            int[] own = {0, block, 2 * block, 3 * block, 4 * block, 5 * block};
            for (int[] starts : new int[][] {shared, own}) {
                for (boolean trained : new boolean[] {true, false}) {
                    Input[] plain = inputs(shape, 17, 17);
                    Input bias = Input.normal(random, starts[5] + shape.heads() * 4L);
                    GradientCheck.check(
                            "bias, " + shape,
                            x -> Attention.apply(
                                    x[0],
                                    x[1],
                                    x[2],
                                    shape,
                                    rows,
                                    rows,
                                    null,
                                    new AttentionBias(x[3], starts),
                                    0,
                                    null),
                            new NaiveAttention(shape, rows, rows, weight -> 1).biased(starts)::apply,
                            trained ? plain[0] : plain[0].frozen(),
                            trained ? plain[1] : plain[1].frozen(),
                            plain[2].frozen(),
                            bias);
                }
            }
        }
    }

    @Test
    void aBiasReachesRowsOfThePrefix() {
        Sequences rows = Sequences.packed(2, 2);
        Sequences longer = Sequences.packed(4, 4);
        Sequences front = Sequences.at(new int[2], new int[] {2, 2});
        Input[] own = inputs(CAUSAL, 4, 4);
        NaiveAttention naive = new NaiveAttention(CAUSAL, rows, longer, weight -> 1).biased(0, 0);
        GradientCheck.check(
                "bias over a prefix",
                x -> Attention.apply(
                        x[0],
                        x[1],
                        x[2],
                        CAUSAL,
                        rows,
                        rows,
                        new AttentionPrefix(x[4], x[5], front),
                        new AttentionBias(x[3], 0, 0),
                        0,
                        null),
                x -> naive.apply(x[0], joined(x[4], x[1], rows), joined(x[5], x[2], rows), x[3]),
                own[0],
                own[1],
                own[2],
                Input.normal(random, 16),
                Input.normal(random, 2, 6),
                Input.normal(random, 2, 6));
    }

    @Test
    void misfitsAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new AttentionShape(2, 2, 3, 1, false, 4, 0));
        assertThrows(IllegalArgumentException.class, () -> new AttentionShape(2, 2, 3, 1, true, -1, 0));
        assertThrows(IllegalArgumentException.class, () -> new AttentionShape(2, 2, 3, 1, true, 0, -1));
        AttentionShape capped = new AttentionShape(2, 2, 3, 1, true, 0, 1);
        try (Compute compute = Compute.open(MathMode.FP32, 1);
                Tape tape = new Tape(compute, false)) {
            Var x = tape.constant(new float[24], 4, 6);
            Var bias = tape.constant(new float[16], 16);
            Sequences two = Sequences.packed(2, 2);
            for (AttentionBias wrong : new AttentionBias[] {
                new AttentionBias(bias, 0), new AttentionBias(bias, 0, 9), new AttentionBias(x, 0, 8)
            }) {
                assertThrows(
                        IllegalArgumentException.class,
                        () -> Attention.apply(x, x, x, PLAIN, two, two, null, wrong, 0, null));
            }
            AttentionBias fits = new AttentionBias(bias, 0, 8);
            assertThrows(
                    IllegalArgumentException.class,
                    () -> Attention.apply(x, x, x, capped, two, two, null, fits, 0, null));
        }
    }
}
