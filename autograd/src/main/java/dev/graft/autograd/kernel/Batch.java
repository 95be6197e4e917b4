package dev.graft.autograd.kernel;

import dev.graft.autograd.memory.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * The leading dimensions of a product, brought to a form that oneDNN computes correctly.
 *
 * <p>oneDNN 3.11 mistakes some strided batches of two or more dimensions for contiguous ones (heads as strides, as many
 * sequences as tokens), more of them with bf16 math, and some of one dimension where a product sums over one term only;
 * the stride of an extent of 1, which means nothing, can mislead it too. So extents of 1 are dropped, dimensions that
 * continue each other are joined, and of what remains oneDNN sees one dimension at most; the others are passes.
 */
final class Batch {
    /** One leading dimension: its extent and its stride in every operand; 0 where an operand is repeated. */
    private record Dimension(long extent, long[] strides) {
        boolean continues(Dimension inner) {
            for (int i = 0; i < strides.length; i++) {
                if (strides[i] != inner.extent * inner.strides[i]) {
                    return false;
                }
            }
            return true;
        }
    }

    private final Tensor[] operands;
    private final List<Dimension> kept = new ArrayList<>();
    private final List<Dimension> passes = new ArrayList<>();

    /** Of a [..., m, k], b [..., k, n], out [..., m, n] and whatever else has the result's rank. */
    Batch(Tensor... operands) {
        this.operands = operands;
        join();
        boolean oneTerm = operands[0].size(-1) == 1;
        while (kept.size() > (oneTerm ? 0 : 1)) {
            // within the outermost dimension a dense result stays dense, which an addend needs; and the same
            // primitive serves any number of sequences
            passes.add(kept.remove(0));
        }
    }

    private void join() {
        Tensor out = operands[2];
        for (int d = 0; d < out.rank() - 2; d++) {
            long[] strides = new long[operands.length];
            for (int i = 0; i < strides.length; i++) {
                strides[i] = operands[i].size(d) == 1 ? 0 : operands[i].stride(d);
            }
            Dimension next = new Dimension(out.size(d), strides);
            Dimension last = kept.isEmpty() ? null : kept.get(kept.size() - 1);
            if (last != null && next.extent > 1 && last.continues(next)) {
                kept.set(kept.size() - 1, new Dimension(last.extent * next.extent, strides));
            } else if (next.extent > 1) {
                kept.add(next);
            }
        }
    }

    /** The i-th operand as one pass sees it. */
    Tensor operand(int i) {
        Tensor operand = operands[i];
        int n = kept.size();
        long[] shape = new long[n + 2];
        long[] strides = new long[n + 2];
        for (int d = 0; d < n; d++) {
            boolean repeated = kept.get(d).strides[i] == 0;
            shape[d] = repeated ? 1 : kept.get(d).extent;
            strides[d] = kept.get(d).strides[i];
        }
        shape[n] = operand.size(-2);
        shape[n + 1] = operand.size(-1);
        strides[n + 1] = shape[n + 1] == 1 ? 1 : operand.stride(-1);
        strides[n] = shape[n] == 1 ? shape[n + 1] * strides[n + 1] : operand.stride(-2);
        for (int d = n - 1; d >= 0; d--) {
            strides[d] = strides[d] == 0 ? shape[d + 1] * strides[d + 1] : strides[d];
        }
        return operand.view(0, shape, strides);
    }

    /** For each pass, the bytes from the start of each operand. */
    long[][] offsets() {
        int count = 1;
        for (Dimension dimension : passes) {
            count = Math.toIntExact(count * dimension.extent);
        }
        long[][] offsets = new long[count][operands.length];
        for (int pass = 0; pass < count; pass++) {
            long rest = pass;
            for (Dimension dimension : passes) {
                long index = rest % dimension.extent;
                rest /= dimension.extent;
                for (int i = 0; i < operands.length; i++) {
                    offsets[pass][i] += index * dimension.strides[i] * Float.BYTES;
                }
            }
        }
        return offsets;
    }
}
