package dev.graft.autograd.kernel;

import dev.graft.autograd.memory.Tensor;
import java.nio.FloatBuffer;
import java.util.Arrays;

/** Writes a tensor to a larger one of the same rank: extents of 1 are repeated, any strides; plain and slow. */
final class Repeated {
    private Repeated() {}

    /** The epilogue of a product that sums over nothing. True if there is nothing left to compute. */
    static boolean noTerms(Tensor a, Tensor b, Tensor out, Epilogue epilogue) {
        if (a.size(-1) != 0 && out.length() != 0) {
            return false;
        }
        Misfit.product(a, b, out, epilogue);
        if (out.length() > 0 && (epilogue.function() != null || epilogue.mask() != null)) {
            throw new IllegalArgumentException("a product that sums over nothing has no activation and no dropout");
        }
        long[] ones = new long[out.rank()];
        Arrays.fill(ones, 1);
        if (!epilogue.accumulate()) {
            write(out, 0f, out, false);
        }
        if (epilogue.bias() != null) {
            ones[ones.length - 1] = out.size(-1);
            write(epilogue.bias().reshape(ones), epilogue.scale(), out, true);
        }
        if (epilogue.addend() != null) {
            write(epilogue.addend(), 1f, out, true);
        }
        return true;
    }

    /** to = factor * from, or to += factor * from. */
    static void write(Tensor from, float factor, Tensor to, boolean add) {
        to.writable();
        FloatBuffer source = from.buffer();
        FloatBuffer target = to.buffer();
        int rank = to.rank();
        long[] index = new long[rank];
        for (long left = to.length(); left > 0; left--) {
            long at = to.offset();
            long read = from.offset();
            for (int d = 0; d < rank; d++) {
                at += index[d] * to.stride(d);
                read += from.size(d) == 1 ? 0 : index[d] * from.stride(d);
            }
            float value = factor == 0 ? 0 : factor * source.get((int) read);
            target.put((int) at, add ? target.get((int) at) + value : value);
            for (int d = rank - 1; d >= 0 && ++index[d] == to.size(d); d--) {
                index[d] = 0;
            }
        }
    }
}
