package dev.graft.autograd.kernel;

import dev.graft.autograd.memory.Storage;
import dev.graft.autograd.memory.Tensor;

/**
 * Products with frozen weights that are kept in fewer bits: a block of the weight's rows is made into floats in a
 * core's cache, multiplied, and overwritten by the next. A weight is never unpacked whole.
 */
final class CompactProducts implements AutoCloseable {
    /** Floats of a block: half of a core's cache of 2 MB. */
    private static final int BLOCK = 256 << 10;

    /** Blocks end where the registers and tiles of a kernel end. */
    private static final int GRAIN = 64;

    private final Kernels kernels;
    private Storage block;
    private float[] row = new float[0];

    CompactProducts(Kernels kernels) {
        this.kernels = kernels;
    }

    /** True for a matrix of compact values one of whose dimensions has no gaps. */
    static boolean serves(Tensor b) {
        return b.isCompact() && b.rank() == 2 && (b.stride(0) == 1 || b.stride(1) == 1);
    }

    /**
     * a b with what follows it.
     *
     * @param a [m, k]
     * @param b [k, n], compact
     * @param out [m, n]
     */
    void run(Tensor a, Tensor b, Tensor out, Epilogue epilogue) {
        boolean byColumns = b.stride(0) == 1;
        if (a.size(-1) == 0 || out.length() == 0 || isOdd(byColumns, out, epilogue)) {
            kernels.product(a, b, out, epilogue); // which unpacks the weight where there are terms
            return;
        }
        Misfit.product(a, b, out, epilogue);
        DropoutMask mask = epilogue.mask();
        boolean add = epilogue.accumulate();
        if (epilogue.addend() != null && mask == null) {
            place(epilogue.addend(), out, add);
            add = true;
        }
        if (byColumns) {
            columns(a, b, out, new Epilogue(epilogue.bias(), epilogue.function(), epilogue.scale(), null, null, add));
        } else {
            terms(a, b, out, new Epilogue(epilogue.bias(), epilogue.scale(), null, add));
            if (epilogue.function() != null) {
                kernels.activation(epilogue.function(), out, out);
            }
        }
        if (mask != null) {
            kernels.drop(out, mask, epilogue.addend(), out);
        }
    }

    /** Combinations that no operation asks for. */
    private static boolean isOdd(boolean byColumns, Tensor out, Epilogue e) {
        boolean follows = e.accumulate() || e.addend() != null || e.scale() != 1 || !out.isDense();
        return e.mask() != null && e.accumulate() || !byColumns && e.function() != null && follows;
    }

    /** What the product is added to. */
    private static void place(Tensor addend, Tensor out, boolean add) {
        if (!add && addend.isDense() && out.isDense() && addend.length() == out.length()) {
            out.buffer().put(out.offset(), addend.buffer(), addend.offset(), (int) out.length());
        } else {
            Repeated.write(addend, 1f, out, add);
        }
    }

    /** b = Wᵀ, W [n, k] lies by rows: each block of rows gives some columns of the result. */
    private void columns(Tensor a, Tensor b, Tensor out, Epilogue all) {
        long n = b.size(1);
        int step = rows(b, 1);
        for (long from = 0; from < n; from += step) {
            long to = Math.min(n, from + step);
            // [k, some n] -> [some n, k], as it lies in memory
            Tensor some = floats(b.narrow(1, from, to).transposed());
            Tensor bias = all.bias() == null ? null : all.bias().narrow(0, from, to);
            Epilogue part = new Epilogue(bias, all.function(), all.scale(), null, null, all.accumulate());
            kernels.product(a, some.transposed(), out.narrow(1, from, to), part);
        }
    }

    /** b = W, W [k, n] lies by rows: each block of rows adds some terms to the result. */
    private void terms(Tensor a, Tensor b, Tensor out, Epilogue all) {
        long k = b.size(0);
        int step = rows(b, 0);
        for (long from = 0; from < k; from += step) {
            long to = Math.min(k, from + step);
            Tensor bias = to == k ? all.bias() : null;
            Epilogue part = new Epilogue(bias, all.scale(), null, from > 0 || all.accumulate());
            kernels.product(a.narrow(1, from, to), floats(b.narrow(0, from, to)), out, part);
        }
    }

    /** How many rows of the weight a block holds. */
    private static int rows(Tensor b, int dimension) {
        long width = b.size(1 - dimension);
        long most = BLOCK / Math.max(1, width);
        long whole = most > GRAIN ? most / GRAIN * GRAIN : most;
        return (int) Math.max(1, Math.min(b.size(dimension), whole));
    }

    /** Some rows as floats, [rows, width]; valid until the next ones. */
    private Tensor floats(Tensor rows) {
        int count = (int) rows.size(0);
        int width = (int) rows.size(1);
        if (block == null || block.floats() < (long) count * width) {
            closeBlock();
            block = Storage.allocate((long) count * width);
        }
        if (row.length < width) {
            row = new float[width];
        }
        for (int i = 0; i < count; i++) {
            rows.decode(i * rows.stride(0), row, 0, width);
            block.buffer().put(i * width, row, 0, width);
        }
        return Tensor.over(block, 0, count, width);
    }

    private void closeBlock() {
        if (block != null) {
            block.close();
        }
    }

    @Override
    public void close() {
        closeBlock();
    }
}
