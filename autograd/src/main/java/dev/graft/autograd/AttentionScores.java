package dev.graft.autograd;

import dev.graft.autograd.kernel.Activation;
import dev.graft.autograd.memory.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What limits the scores of attention between their product and the softmax: a cap, and the keys that a query does not
 * see where a mask cannot be added in the product.
 */
final class AttentionScores {
    private final Tape tape;
    private final AttentionShape shape;
    private final boolean keep;

    /** tanh(s / cap) of each part; empty without a cap. */
    private final List<Tensor> slopes = new ArrayList<>();

    AttentionScores(Tape tape, AttentionShape shape, boolean keep) {
        this.tape = tape;
        this.shape = shape;
        this.keep = keep;
    }

    /** Factor on the product of queries and keys. */
    float scale() {
        return (float) (shape.cap() > 0 ? shape.scale() / shape.cap() : shape.scale());
    }

    /** True if {@link #apply} hides keys; otherwise a mask may be added to the product. */
    boolean hides(AttentionGroup group, boolean biased) {
        boolean later = shape.causal() && group.queryRows() > 1 && (shape.cap() > 0 || biased);
        return later || shape.window() > 0 && shape.window() < group.seen();
    }

    /** Caps scores [batch, key-value heads, queries, prefix rows and keys] in place, and hides keys. */
    void apply(AttentionGroup group, Tensor scores, boolean hides) {
        if (shape.cap() > 0) {
            tape.kernels().activation(Activation.TANH, scores, scores);
            if (keep) {
                Tensor slope = tape.arena().allocate(scores.shape());
                tape.elementwise().copy(scores, slope);
                slopes.add(slope);
            }
            tape.elementwise().scale(scores, (float) shape.cap(), scores);
        }
        if (hides) {
            hide(group, scores);
        }
    }

    /** Minus infinity where a key is later than the query, or earlier than its window. */
    private void hide(AttentionGroup group, Tensor scores) {
        int seen = group.seen();
        float[] hidden = new float[seen];
        Arrays.fill(hidden, Float.NEGATIVE_INFINITY);
        int first = seen - group.queryRows(); // the key of the first query's own token
        int window = shape.window() == 0 ? seen : shape.window();
        long rows = scores.length() / seen;
        for (int row = 0; row < rows; row++) {
            int own = first + row % group.queryRows();
            int at = scores.offset() + row * seen;
            scores.buffer().put(at, hidden, 0, Math.max(0, own - window + 1));
            scores.buffer().put(at + own + 1, hidden, 0, seen - own - 1);
        }
    }

    /** From the gradient of capped scores to that of the scores: times 1 - tanh(s / cap)^2, in place. */
    void backward(int part, Tensor gradient) {
        if (shape.cap() == 0) {
            return;
        }
        Tensor change = tape.arena().allocate(gradient.shape());
        Tensor slope = slopes.get(part);
        tape.elementwise().multiply(slope, slope, change);
        tape.elementwise().multiply(change, gradient, change);
        tape.elementwise().scale(change, -1f, change);
        tape.elementwise().add(gradient, change, gradient);
        change.release();
    }

    /** What the gradient needs. */
    List<Tensor> slopes() {
        return slopes;
    }

    /** Leaves it to the tape. */
    void handOver() {
        slopes.forEach(Tensor::release);
        if (!keep) {
            slopes.clear();
        }
    }
}
