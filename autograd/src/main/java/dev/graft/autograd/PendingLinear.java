package dev.graft.autograd;

import dev.graft.autograd.kernel.Epilogue;
import dev.graft.autograd.memory.Tensor;

/**
 * x Wᵀ + b that nobody has read yet. A low-rank update of it computes its own small product first and adds this one in
 * place, which costs nothing; the other way round it would read and write every element once more.
 */
final class PendingLinear {
    private final Tape tape;
    private final Tensor x;
    private final Tensor weight;
    private final Tensor bias;

    /**
     * A product to compute later.
     *
     * @param x [rows, in]
     * @param weight [out, in]
     * @param bias [out] or null
     */
    PendingLinear(Tape tape, Tensor x, Tensor weight, Tensor bias) {
        this.tape = tape;
        this.x = x.retain();
        this.weight = weight.retain();
        this.bias = bias == null ? null : bias.retain();
    }

    /** [rows, out]. */
    long[] shape() {
        return new long[] {x.size(0), weight.size(0)};
    }

    /** The product in memory of its own. */
    Tensor compute() {
        Tensor out = tape.arena().allocate(shape());
        write(0, x.size(0), out, false);
        return out;
    }

    /** Writes some rows, or adds them to what is there. */
    void write(long from, long to, Tensor out, boolean add) {
        // [rows, in] [in, out] -> [rows, out]
        tape.kernels()
                .product(x.rows(from, to), weight.transposed(), out.rows(from, to), new Epilogue(bias, 1f, null, add));
    }

    void release() {
        x.release();
        weight.release();
        if (bias != null) {
            bias.release();
        }
    }
}
