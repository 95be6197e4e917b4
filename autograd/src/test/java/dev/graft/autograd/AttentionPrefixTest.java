package dev.graft.autograd;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.graft.autograd.check.Seed;
import dev.graft.autograd.kernel.MathMode;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Rows in front of the keys, shared by sequences, give what copies of them in front of each sequence give. */
class AttentionPrefixTest {
    private static final AttentionShape PLAIN = new AttentionShape(2, 2, 3, 0.5, false);
    private static final AttentionShape CAUSAL = new AttentionShape(2, 2, 3, 0.5, true);
    private static final AttentionShape GROUPED = new AttentionShape(4, 2, 3, 0.5, false);
    private static final AttentionShape GROUPED_CAUSAL = new AttentionShape(6, 2, 2, 0.5, true);

    private final Random random = Seed.random("prefix");

    /** trained: a bit for each of q, k, v and the prefix's keys and values. */
    private void check(
            String name, AttentionShape shape, Sequences rows, Sequences prefixes, int prefixRows, int trained) {
        long width = (long) shape.keyValueHeads() * shape.headSize();
        Input[] inputs = {
            Input.normal(random, rows.tokens(), (long) shape.heads() * shape.headSize()),
            Input.normal(random, rows.tokens(), width),
            Input.normal(random, rows.tokens(), width),
            Input.normal(random, prefixRows, width),
            Input.normal(random, prefixRows, width)
        };
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = (trained >> i & 1) != 0 ? inputs[i] : inputs[i].frozen();
        }
        int[] lengths = new int[rows.count()];
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] = rows.length(i) + prefixes.length(i);
        }
        Sequences longer = Sequences.packed(lengths);
        NaiveAttention naive = new NaiveAttention(shape, rows, longer, weight -> 1);
        GradientCheck.check(
                name + " " + shape + " trained " + trained,
                x -> Attention.apply(
                        x[0], x[1], x[2], shape, rows, rows, new AttentionPrefix(x[3], x[4], prefixes), 0, null),
                x -> naive.apply(
                        x[0],
                        joined(x[3], x[1], prefixes, rows, longer, (int) width),
                        joined(x[4], x[2], prefixes, rows, longer, (int) width)),
                inputs);
    }

    /** Each sequence's prefix copied in front of its rows. */
    private static double[] joined(
            double[] prefix, double[] own, Sequences prefixes, Sequences rows, Sequences longer, int width) {
        double[] all = new double[longer.tokens() * width];
        for (int i = 0; i < rows.count(); i++) {
            int to = longer.start(i) * width;
            int front = prefixes.length(i) * width;
            System.arraycopy(prefix, prefixes.start(i) * width, all, to, front);
            System.arraycopy(own, rows.start(i) * width, all, to + front, rows.length(i) * width);
        }
        return all;
    }

    @Test
    void sharedByAll() {
        for (AttentionShape shape : new AttentionShape[] {PLAIN, CAUSAL, GROUPED, GROUPED_CAUSAL}) {
            Sequences zeros = Sequences.at(new int[5], new int[] {2, 2, 2, 2, 2});
            check("five alike", shape, Sequences.packed(3, 3, 3, 3, 3), zeros, 2, 31);
            check("several lengths", shape, Sequences.packed(3, 1, 4, 4, 2), zeros, 2, 31);
        }
    }

    @Test
    void ofSeveralAdapters() {
        Sequences prefixes = Sequences.at(new int[] {0, 0, 0, 0, 3, 3, 0}, new int[] {3, 3, 3, 3, 2, 2, 0});
        for (AttentionShape shape : new AttentionShape[] {PLAIN, GROUPED_CAUSAL}) {
            check("two and none", shape, Sequences.packed(2, 2, 2, 2, 2, 3, 3), prefixes, 5, 31);
        }
    }

    @Test
    void frozenParts() {
        Sequences prefixes = Sequences.at(new int[2], new int[] {2, 2});
        for (int trained = 1; trained < 31; trained++) {
            check("parts", GROUPED, Sequences.packed(2, 3), prefixes, 2, trained);
        }
    }

    @Test
    void misfitsAreRefused() {
        try (Compute compute = Compute.open(MathMode.FP32, 1);
                Tape tape = new Tape(compute, false)) {
            Var x = tape.constant(new float[24], 4, 6);
            Var narrow = tape.constant(new float[8], 2, 4);
            Sequences two = Sequences.packed(2, 2);
            for (AttentionPrefix wrong : new AttentionPrefix[] {
                new AttentionPrefix(x, x, Sequences.packed(2)),
                new AttentionPrefix(x, x, Sequences.packed(2, 3)),
                new AttentionPrefix(x, x.rows(0, 2), two),
                new AttentionPrefix(narrow, narrow, Sequences.packed(1, 1))
            }) {
                assertThrows(
                        IllegalArgumentException.class,
                        () -> Attention.apply(x, x, x, PLAIN, two, two, wrong, 0, null));
            }
        }
    }
}
