package dev.graft.autograd.kernel;

import dev.graft.autograd.memory.Shapes;
import dev.graft.autograd.memory.Tensor;
import java.util.Arrays;

/** Refuses operands whose shapes do not fit, before a native kernel reads or writes beyond them. */
final class Misfit {
    private Misfit() {}

    static void product(Tensor a, Tensor b, Tensor out, Epilogue epilogue) {
        int rank = out.rank();
        boolean fits = rank >= 2
                && a.rank() == rank
                && b.rank() == rank
                && a.size(-1) == b.size(-2)
                && a.size(-2) == out.size(-2)
                && b.size(-1) == out.size(-1);
        for (int d = 0; fits && d < rank - 2; d++) {
            fits = a.size(d) == out.size(d) && b.size(d) == out.size(d);
        }
        if (!fits) {
            throw new IllegalArgumentException(
                    "a product of " + text(a) + " and " + text(b) + " cannot give " + text(out));
        }
        if (epilogue.bias() != null) {
            row(epilogue.bias(), out.size(-1), "bias");
        }
        DropoutMask mask = epilogue.mask();
        if (mask != null && (mask.length() != out.length() || !out.isDense())) {
            throw new IllegalArgumentException(
                    "a mask of " + mask.length() + " elements does not fit a dense " + text(out));
        }
        Tensor addend = epilogue.addend();
        fits = addend == null || addend.rank() == rank;
        for (int d = 0; addend != null && fits && d < rank; d++) {
            fits = addend.size(d) == out.size(d) || addend.size(d) == 1;
        }
        if (!fits) {
            throw new IllegalArgumentException(text(addend) + " cannot be added to a product of shape " + text(out));
        }
    }

    /** A dropout: dense tensors of one shape, and a mask of as many elements. */
    static void dropped(Tensor x, DropoutMask mask, Tensor addend, Tensor out) {
        same(x, addend == null ? new Tensor[] {out} : new Tensor[] {out, addend});
        if (mask.length() != x.length() || !x.isDense() || !out.isDense() || addend != null && !addend.isDense()) {
            throw new IllegalArgumentException(
                    "a mask of " + mask.length() + " elements does not fit a dense " + text(x));
        }
    }

    static void same(Tensor a, Tensor... others) {
        for (Tensor other : others) {
            if (!Arrays.equals(a.shape(), other.shape())) {
                throw new IllegalArgumentException("shapes differ: " + text(a) + " and " + text(other));
            }
        }
    }

    /** Layer normalisation: one mean and variance a row, one value a column for everything else. */
    static void norm(Tensor x, Tensor mean, Tensor variance, Tensor... columns) {
        if (x.rank() != 2) {
            throw new IllegalArgumentException("layer normalisation needs [rows, width], not " + text(x));
        }
        row(mean, x.size(0), "mean");
        row(variance, x.size(0), "variance");
        for (Tensor column : columns) {
            row(column, x.size(1), "scale or shift");
        }
    }

    /** Dense matrices of one shape: oneDNN's layer normalisation misreads rows with gaps. */
    static void denseRows(Tensor x, Tensor... others) {
        same(x, others);
        boolean dense = x.isDense();
        for (Tensor other : others) {
            dense &= other.isDense();
        }
        if (!dense) {
            throw new IllegalArgumentException("layer normalisation needs dense rows: " + text(x));
        }
    }

    /** A dense vector of the given length. */
    static void row(Tensor row, long length, String name) {
        if (row.rank() != 1 || row.size(0) != length || !row.isDense()) {
            throw new IllegalArgumentException(name + " must be a dense " + Shapes.text(length) + ", not " + text(row));
        }
    }

    private static String text(Tensor tensor) {
        return Shapes.text(tensor.shape());
    }
}
