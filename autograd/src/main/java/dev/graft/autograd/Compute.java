package dev.graft.autograd;

import dev.graft.autograd.kernel.Elementwise;
import dev.graft.autograd.kernel.KernelProvider;
import dev.graft.autograd.kernel.Kernels;
import dev.graft.autograd.kernel.MathMode;
import dev.graft.autograd.memory.Arena;
import java.util.function.UnaryOperator;

/**
 * What one thread computes with: kernels, their native threads and an arena. It is opened, used and closed on one
 * thread, and outlives many tapes.
 */
public final class Compute implements AutoCloseable {
    private final Kernels kernels;
    private final Arena arena = new Arena();
    private final Elementwise elementwise = new Elementwise();
    private final Thread owner = Thread.currentThread();
    private final float[][] lent = new float[2][0];

    Compute(Kernels kernels) {
        this.kernels = kernels;
    }

    /**
     * Opens kernels for the calling thread.
     *
     * @param math how products are computed
     * @param nativeThreads threads that one kernel may use
     */
    public static Compute open(MathMode math, int nativeThreads) {
        return new Compute(KernelProvider.open(math, nativeThreads));
    }

    /**
     * Opens kernels for the calling thread that another object stands in front of, which may count or check what they do.
     *
     * @param math how products are computed
     * @param nativeThreads threads that one kernel may use
     * @param front makes the kernels that are seen; it closes the others with itself
     */
    public static Compute open(MathMode math, int nativeThreads, UnaryOperator<Kernels> front) {
        return new Compute(front.apply(KernelProvider.open(math, nativeThreads)));
    }

    /** The native kernels. */
    public Kernels kernels() {
        return kernels;
    }

    /** Sums and factors in plain Java. */
    public Elementwise elementwise() {
        return elementwise;
    }

    /** The memory of the present step. */
    public Arena arena() {
        return arena;
    }

    /**
     * Memory on the heap that an operation uses while it runs, so that generation allocates none for each token.
     *
     * @param place operations that need two of them take different ones
     * @param length the least that it holds; what is in it is undefined
     */
    float[] borrow(int place, int length) {
        if (lent[place].length < length) {
            lent[place] = new float[length];
        }
        return lent[place];
    }

    void checkThread() {
        if (Thread.currentThread() != owner) {
            throw new IllegalStateException("compute of thread " + owner.getName() + " was used on "
                    + Thread.currentThread().getName());
        }
    }

    /** Gives kernels and memory back. */
    @Override
    public void close() {
        kernels.close();
        arena.close();
    }
}
