package dev.graft.autograd.memory;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Says whether copies of a base's weights in the layouts of kernels stay in memory: those of a small base do, as it is
 * faster. For a large one they would be several times the base, so each product makes what it needs and drops it.
 */
public final class Copies {
    /** Most floats of a base whose copies stay: 256 MiB. */
    private static final long MOST = 64 << 20;

    private final long most;
    private final AtomicLong floats = new AtomicLong();

    /** Copies of bases of up to 256 MiB stay. */
    public Copies() {
        this(MOST);
    }

    /**
     * Copies of small bases stay.
     *
     * @param most floats of a small base
     */
    public Copies(long most) {
        this.most = most;
    }

    /** Counts one more weight. */
    void count(long more) {
        floats.addAndGet(more);
    }

    /** True if copies of the weights that were counted stay. */
    boolean stay() {
        return floats.get() <= most;
    }
}
