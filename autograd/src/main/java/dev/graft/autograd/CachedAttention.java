package dev.graft.autograd;

import dev.graft.autograd.kernel.Epilogue;
import dev.graft.autograd.memory.Tensor;
import java.util.Arrays;

/**
 * Attention of one new token a sequence over keys and values that are kept from earlier tokens, without a gradient.
 *
 * <p>Keys are read in steps of {@value #STEP} rows and those that are not there are hidden: kernels are compiled for
 * a few numbers of keys instead of for each, which would take longer than the products and keep memory for every one.
 */
public final class CachedAttention {
    /** Rows of keys are read in multiples of this; a cache has so many or a multiple of it for each sequence. */
    public static final int STEP = 64;

    /** From so many keys on a larger step adds little. */
    private static final int MANY = 512;

    private static final int LARGE_STEP = 256;

    private final Tape tape;
    private final AttentionShape shape;
    private final AttentionScores limits;
    private final Tensor q;
    private final Tensor k;
    private final Tensor v;

    private CachedAttention(Tape tape, AttentionShape shape, Tensor q, Tensor k, Tensor v) {
        this.tape = tape;
        this.shape = shape;
        this.limits = new AttentionScores(tape, shape, false);
        this.q = q;
        this.k = k;
        this.v = v;
    }

    /**
     * Attention of the one query of each sequence over all of its keys.
     *
     * @param q [rows, heads * head size]
     * @param k [sequences * room, key-value heads * head size]; rows behind a sequence's own hold finite numbers
     * @param v like k
     * @param queries where the sequences lie in q, one row each; other rows of the result are zero
     * @param keys where the keys lie that each query sees
     * @param room rows that each sequence has in k and v, a multiple of {@link #STEP}
     * @return [rows, heads * head size]
     */
    public static Var apply(Var q, Var k, Var v, AttentionShape shape, Sequences queries, Sequences keys, int room) {
        Tape tape = q.tape();
        if (tape.isRecording() && (q.requiresGradient() || k.requiresGradient() || v.requiresGradient())) {
            throw new IllegalArgumentException("attention over kept keys has no gradient");
        }
        Tensor out = queries.count() == q.size(0)
                ? tape.arena().allocate(q.shape())
                : tape.arena().zeros(q.shape());
        CachedAttention attention = new CachedAttention(tape, shape, q.value(), k.value(), v.value());
        for (int i = 0; i < queries.count(); i++) {
            if (queries.length(i) != 1 || keys.length(i) < 1) {
                throw new IllegalArgumentException("sequence " + i + " has " + queries.length(i) + " queries and "
                        + keys.length(i) + " keys; allowed: one query, and a key or more");
            }
            attention.forward(queries.start(i), keys.start(i), keys.length(i), room, out);
        }
        return tape.result(out, q, k, v);
    }

    private void forward(int row, int start, int length, int room, Tensor out) {
        int first = start / STEP * STEP;
        int hidden = start - first;
        int own = first / room * room + room; // the end of what this sequence has
        int step = hidden + length > MANY ? LARGE_STEP : STEP;
        int rows = Math.min((hidden + length + step - 1) / step * step, own - first);
        int sharing = shape.heads() / shape.keyValueHeads();
        // [key-value heads, heads that share one, keys]
        Tensor scores = tape.arena().allocate(shape.keyValueHeads(), sharing, rows);
        Tensor keys = heads(k, first, rows).transposed();
        tape.kernels().product(queries(q, row), keys, scores, Epilogue.scaled(limits.scale(), false));
        limits.apply(null, scores, false);
        hide(scores, hidden, hidden + length);
        tape.kernels().softmax(scores, scores);
        tape.kernels().product(scores, heads(v, first, rows), queries(out, row), Epilogue.NONE);
        scores.release();
    }

    /** Minus infinity at keys outside a range. */
    private static void hide(Tensor scores, int from, int to) {
        int rows = (int) scores.size(2);
        int outside = Math.max(from, rows - to);
        if (outside == 0) {
            return;
        }
        float[] minus = new float[outside];
        Arrays.fill(minus, Float.NEGATIVE_INFINITY);
        for (int head = 0; head < scores.size(0) * scores.size(1); head++) {
            int at = scores.offset() + head * rows;
            scores.buffer().put(at, minus, 0, from);
            scores.buffer().put(at + to, minus, 0, rows - to);
        }
    }

    /** A row as [key-value heads, heads that share one, head size]. */
    private Tensor queries(Tensor tensor, int row) {
        long sharing = shape.heads() / shape.keyValueHeads();
        long size = shape.headSize();
        return tensor.view(row * tensor.stride(0), new long[] {shape.keyValueHeads(), sharing, size}, new long[] {
            sharing * size, size, 1
        });
    }

    /** Rows of keys or values as [key-value heads, rows, head size]. */
    private Tensor heads(Tensor tensor, int first, int rows) {
        long size = shape.headSize();
        return tensor.view(first * tensor.stride(0), new long[] {shape.keyValueHeads(), rows, size}, new long[] {
            size, tensor.stride(0), 1
        });
    }
}
