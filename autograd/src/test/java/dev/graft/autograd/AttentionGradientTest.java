package dev.graft.autograd;

import dev.graft.autograd.check.Seed;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Attention without dropout: heads, grouped heads, causal, prefixes, gaps, several lengths. */
class AttentionGradientTest {
    private static final AttentionShape PLAIN = new AttentionShape(2, 2, 3, 0.5, false);
    private static final AttentionShape CAUSAL = new AttentionShape(2, 2, 3, 0.5, true);
    private static final AttentionShape GROUPED = new AttentionShape(4, 2, 3, 0.5, false);
    private static final AttentionShape GROUPED_CAUSAL = new AttentionShape(6, 2, 2, 0.5, true);

    private final Random random = Seed.random("attention");

    private Input normal(int rows, int heads, int size) {
        return Input.normal(random, rows, (long) heads * size);
    }

    private void check(String name, AttentionShape shape, Sequences queries, Sequences keys, int rows, int keyRows) {
        check(name, shape, queries, keys, rows, keyRows, 7);
    }

    /** trained: a bit for each of q, k, v. */
    private void check(
            String name, AttentionShape shape, Sequences queries, Sequences keys, int rows, int keyRows, int trained) {
        Input q = normal(rows, shape.heads(), shape.headSize());
        Input k = normal(keyRows, shape.keyValueHeads(), shape.headSize());
        Input v = normal(keyRows, shape.keyValueHeads(), shape.headSize());
        GradientCheck.check(
                name + " " + shape,
                x -> Attention.apply(x[0], x[1], x[2], shape, queries, keys),
                new NaiveAttention(shape, queries, keys, weight -> 1)::apply,
                (trained & 1) != 0 ? q : q.frozen(),
                (trained & 2) != 0 ? k : k.frozen(),
                (trained & 4) != 0 ? v : v.frozen());
    }

    @Test
    void packed() {
        for (AttentionShape shape : new AttentionShape[] {PLAIN, CAUSAL, GROUPED, GROUPED_CAUSAL}) {
            Sequences equal = Sequences.packed(3, 3, 3);
            check("equal lengths", shape, equal, equal, 9, 9);
            Sequences mixed = Sequences.packed(2, 2, 1, 4, 4, 2);
            check("several lengths", shape, mixed, mixed, 15, 15);
            Sequences one = Sequences.packed(5);
            check("one sequence", shape, one, one, 5, 5);
            Sequences single = Sequences.packed(1, 1, 1);
            check("one token", shape, single, single, 3, 3);
        }
    }

    @Test
    void keysLongerThanQueries() {
        for (AttentionShape shape : new AttentionShape[] {PLAIN, CAUSAL, GROUPED, GROUPED_CAUSAL}) {
            check("prefix", shape, Sequences.packed(3, 3, 2), Sequences.packed(5, 5, 4), 8, 14);
            check("cache", shape, Sequences.packed(1, 1), Sequences.packed(4, 4), 2, 8);
            check("cross", PLAIN, Sequences.packed(4, 4, 3), Sequences.packed(2, 5, 5), 11, 12);
        }
    }

    @Test
    void paddedRows() {
        Sequences right = Sequences.at(new int[] {0, 4, 8}, new int[] {3, 4, 2});
        Sequences left = Sequences.at(new int[] {1, 4, 10}, new int[] {3, 4, 2});
        for (AttentionShape shape : new AttentionShape[] {PLAIN, GROUPED_CAUSAL}) {
            check("padding right", shape, right, right, 12, 12);
            check("padding left", shape, left, left, 12, 12);
            Sequences gaps = Sequences.at(new int[] {0, 5, 10}, new int[] {3, 3, 3});
            check("equal distances", shape, gaps, gaps, 14, 14);
            Sequences backwards = Sequences.at(new int[] {6, 3, 0}, new int[] {3, 3, 3});
            check("last first", shape, backwards, backwards, 9, 9);
            Sequences uneven = Sequences.at(new int[] {0, 3, 7}, new int[] {3, 3, 3});
            check("uneven distances", shape, uneven, uneven, 10, 10);
        }
    }

    @Test
    void frozenParts() {
        Sequences rows = Sequences.packed(3, 3, 2);
        for (int trained = 1; trained < 7; trained++) {
            check("trained " + trained, GROUPED, rows, rows, 8, 8, trained);
        }
    }

    @Test
    void sequencesWithoutQueries() {
        check("nothing asked", PLAIN, Sequences.packed(2, 0, 3), Sequences.packed(2, 4, 3), 5, 9);
        check("nothing at all", CAUSAL, Sequences.packed(2, 0, 3), Sequences.packed(2, 0, 3), 5, 5);
    }

    @Test
    void oneValueInSeveralRoles() {
        Sequences rows = Sequences.packed(3, 2);
        NaiveAttention naive = new NaiveAttention(PLAIN, rows, rows, weight -> 1);
        GradientCheck.check(
                "x, x, x",
                x -> Attention.apply(x[0], x[0], x[0], PLAIN, rows, rows),
                v -> naive.apply(v[0], v[0], v[0]),
                normal(5, 2, 3));
        GradientCheck.check(
                "q, x, x",
                x -> Attention.apply(x[0], x[1], x[1], PLAIN, rows, rows),
                v -> naive.apply(v[0], v[1], v[1]),
                normal(5, 2, 3),
                normal(5, 2, 3));
        GradientCheck.check(
                "used before",
                x -> Attention.apply(x[0], x[1], x[1], PLAIN, rows, rows)
                        .add(x[0])
                        .add(x[1]),
                v -> Naive.add(Naive.add(naive.apply(v[0], v[1], v[1]), 1, v[0]), 1, v[1]),
                normal(5, 2, 3),
                normal(5, 2, 3));
    }
}
