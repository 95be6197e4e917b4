package dev.graft.autograd.kernel;

import dev.graft.autograd.memory.Storage;
import dev.graft.autograd.memory.Tensor;

/**
 * Products of one row and a transposed matrix that are added to what is there. With more than 1024 terms, oneDNN 3.11
 * writes outside its memory there and ends the process, at once or later: fewer terms are added at a time.
 */
final class OneDnnRowSum {
    private static final long MOST_TERMS = 1024;

    private OneDnnRowSum() {}

    /** A product of floats. */
    interface Product {
        void run(Tensor a, Tensor b, Tensor out, Epilogue epilogue);
    }

    /** True for a product that oneDNN cannot compute at once. */
    static boolean breaks(Tensor a, Tensor b, Tensor out, Epilogue epilogue) {
        return epilogue.accumulate() && out.size(-2) == 1 && b.stride(-2) == 1 && a.size(-1) > MOST_TERMS;
    }

    /** Computes it in pieces. */
    static void run(Tensor a, Tensor b, Tensor out, Epilogue e, Product product) {
        Misfit.product(a, b, out, e);
        if (e.function() != null) {
            apart(a, b, out, e, product);
            return;
        }
        Cut terms = Cut.atMost(MOST_TERMS, a.size(-1), 1);
        for (long piece = 0; piece < terms.count(); piece++) {
            boolean last = piece == terms.count() - 1;
            Epilogue part = new Epilogue(last ? e.bias() : null, e.scale(), e.mask(), last ? e.addend() : null, true);
            long from = terms.start(piece);
            long to = terms.start(piece + 1);
            product.run(a.narrow(a.rank() - 1, from, to), b.narrow(b.rank() - 2, from, to), out, part);
        }
    }

    /** What goes through a function is computed whole and added afterwards. */
    private static void apart(Tensor a, Tensor b, Tensor out, Epilogue e, Product product) {
        try (Storage memory = Storage.allocate(out.length())) {
            Tensor whole = Tensor.over(memory, 0, out.shape());
            product.run(a, b, whole, new Epilogue(e.bias(), e.function(), e.scale(), e.mask(), e.addend(), false));
            Repeated.write(whole, 1f, out, true);
        }
    }
}
