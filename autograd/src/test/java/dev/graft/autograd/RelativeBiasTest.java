package dev.graft.autograd;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.graft.autograd.RelativeBias.Tables;
import dev.graft.autograd.check.Seed;
import dev.graft.autograd.kernel.MathMode;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;

/** Attention whose scores know distances: either kind or both, shared and own tables, rows in front, frozen parts. */
class RelativeBiasTest {
    private static final AttentionShape SHAPE = new AttentionShape(2, 2, 3, 0.4, false);
    private static final int WIDTH = 6;
    private static final int SPAN = 3;

    /** Distances from 3 on share a row, as in a table that is too short. */
    private static final IntUnaryOperator CLAMPED = distance -> Math.max(0, Math.min(2 * SPAN - 1, distance + SPAN));

    private final Random random = Seed.random("distances");

    /** What is compared: which terms there are, where each sequence's table begins, and where its rows in front lie. */
    private record Setup(Sequences texts, Sequences front, int[] first, boolean meetKeys, boolean meetQueries) {
        Var apply(Var... x) {
            AttentionPrefix prefix = front == null ? null : new AttentionPrefix(x[5], x[6], front);
            Tables tables = new Tables(meetKeys ? x[3] : null, meetQueries ? x[4] : null, first, CLAMPED);
            AttentionBias bias = RelativeBias.apply(x[0], x[1], SHAPE, texts, prefix, tables);
            return Attention.apply(x[0], x[1], x[2], SHAPE, texts, texts, prefix, bias, 0, null);
        }

        /** By the definition, one score at a time. */
        double[] naive(double[]... v) {
            double[] out = new double[v[0].length];
            for (int s = 0; s < texts.count(); s++) {
                for (int i = 0; i < texts.length(s); i++) {
                    for (int h = 0; h < SHAPE.heads(); h++) {
                        one(v, out, s, i, h);
                    }
                }
            }
            return out;
        }

        private void one(double[][] v, double[] out, int s, int i, int h) {
            int before = front == null ? 0 : front.length(s);
            int seen = before + texts.length(s);
            int size = SHAPE.headSize();
            int query = (texts.start(s) + i) * WIDTH + h * size;
            double[] weights = new double[seen];
            double sum = 0;
            for (int j = 0; j < seen; j++) {
                int row = (first[s] + CLAMPED.applyAsInt(before + i - j)) * WIDTH + h * size;
                int key = key(s, j, before) + h * size;
                double[] keys = j < before ? v[5] : v[1];
                double score = dot(v[0], query, keys, key);
                score += meetKeys ? dot(v[0], query, v[3], row) : 0;
                score += meetQueries ? dot(keys, key, v[4], row) : 0;
                weights[j] = Math.exp(SHAPE.scale() * score);
                sum += weights[j];
            }
            for (int j = 0; j < seen; j++) {
                double[] values = j < before ? v[6] : v[2];
                for (int d = 0; d < size; d++) {
                    out[query + d] += weights[j] / sum * values[key(s, j, before) + h * size + d];
                }
            }
        }

        private int key(int s, int j, int before) {
            return (j < before ? front.start(s) + j : texts.start(s) + j - before) * WIDTH;
        }

        private static double dot(double[] a, int i, double[] b, int j) {
            double sum = 0;
            for (int d = 0; d < SHAPE.headSize(); d++) {
                sum += a[i + d] * b[j + d];
            }
            return sum;
        }
    }

    /** trained: a bit for each input. */
    private void check(String name, Setup setup, int tables, int trained) {
        int rows = setup.texts.tokens();
        int inFront = setup.front == null ? 1 : 3;
        Input[] inputs = {
            Input.normal(random, rows, WIDTH),
            Input.normal(random, rows, WIDTH),
            Input.normal(random, rows, WIDTH),
            Input.normal(random, 2L * SPAN * tables, WIDTH),
            Input.normal(random, 2L * SPAN * tables, WIDTH),
            Input.normal(random, inFront, WIDTH),
            Input.normal(random, inFront, WIDTH)
        };
        boolean[] used = {true, true, true, setup.meetKeys, setup.meetQueries, setup.front != null, setup.front != null
        };
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = used[i] && (trained >> i & 1) != 0 ? inputs[i] : inputs[i].frozen();
        }
        GradientCheck.check(name + ", trained " + trained, setup::apply, setup::naive, inputs);
    }

    @Test
    void eitherKindOrBoth() {
        Sequences texts = Sequences.packed(4, 4, 4, 4, 1, 7, 2);
        int[] shared = new int[7];
        check("keys", new Setup(texts, null, shared, true, false), 1, 127);
        check("queries", new Setup(texts, null, shared, false, true), 1, 127);
        check("both", new Setup(texts, null, shared, true, true), 1, 127);
    }

    @Test
    void sequencesWithTablesOfTheirOwn() {
        check("own", new Setup(Sequences.packed(4, 2, 3), null, new int[] {0, 2 * SPAN, 0}, true, true), 2, 127);
        check("empty", new Setup(Sequences.packed(2, 0, 3), null, new int[3], true, true), 1, 127);
    }

    @Test
    void rowsInFrontAreFartherAway() {
        Sequences texts = Sequences.packed(3, 3, 2);
        Sequences front = Sequences.at(new int[] {0, 0, 1}, new int[] {2, 2, 0});
        Sequences other = Sequences.at(new int[] {0, 1, 0}, new int[] {1, 2, 3});
        for (Sequences rows : new Sequences[] {front, other}) {
            check("both", new Setup(texts, rows, new int[3], true, true), 1, 127);
            check("queries", new Setup(texts, rows, new int[3], false, true), 1, 127);
        }
    }

    @Test
    void frozenParts() {
        Setup setup = new Setup(Sequences.packed(3, 2), null, new int[2], true, true);
        for (int trained : new int[] {1, 2, 4, 8, 16, 9, 18, 3, 24}) {
            check("parts", setup, 1, trained);
        }
    }

    @Test
    void misfitsAreRefused() {
        try (Compute compute = Compute.open(MathMode.FP32, 1);
                Tape tape = new Tape(compute, false)) {
            Var x = tape.constant(new float[24], 4, 6);
            Var narrow = tape.constant(new float[20], 5, 4);
            Sequences texts = Sequences.packed(4);
            AttentionShape grouped = new AttentionShape(2, 1, 3, 1, false);
            for (Tables wrong : new Tables[] {
                new Tables(null, null, new int[1], CLAMPED),
                new Tables(x, null, new int[2], CLAMPED),
                new Tables(narrow, null, new int[1], CLAMPED)
            }) {
                assertThrows(IllegalArgumentException.class, () -> RelativeBias.apply(x, x, SHAPE, texts, null, wrong));
            }
            Tables fits = new Tables(x, null, new int[1], distance -> 0);
            assertThrows(IllegalArgumentException.class, () -> RelativeBias.apply(x, x, grouped, texts, null, fits));
        }
    }
}
