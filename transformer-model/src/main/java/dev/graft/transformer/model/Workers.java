package dev.graft.transformer.model;

import dev.graft.autograd.Compute;
import dev.graft.autograd.kernel.MathMode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * The threads that compute. Each has its own kernels and arena and one native thread, so that a result never depends
 * on their number; one more, the wide one, uses several native threads for work that cannot be split.
 */
public final class Workers implements AutoCloseable {
    private static final AtomicInteger NAMES = new AtomicInteger();

    private final MathMode math;
    private final int threads;
    private final ExecutorService narrow;
    private final ExecutorService wide;
    private final List<Compute> opened = new ArrayList<>();
    private final ThreadLocal<Compute> narrowCompute;
    private final ThreadLocal<Compute> wideCompute;

    /** Starts threads. */
    public Workers(MathMode math, int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads is " + threads + "; allowed: 1 or more");
        }
        this.math = math;
        this.threads = threads;
        narrow = Executors.newFixedThreadPool(threads, Workers::thread);
        wide = Executors.newSingleThreadExecutor(Workers::thread);
        narrowCompute = ThreadLocal.withInitial(() -> open(1));
        wideCompute = ThreadLocal.withInitial(() -> open(threads));
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "graft-worker-" + NAMES.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    }

    private Compute open(int nativeThreads) {
        Compute compute = Compute.open(math, nativeThreads);
        synchronized (opened) {
            opened.add(compute);
        }
        return compute;
    }

    /** Number of threads that work side by side. */
    public int threads() {
        return threads;
    }

    /** How products are computed. */
    public MathMode math() {
        return math;
    }

    /** Runs tasks side by side and returns their results in their order; the first failure is thrown. */
    public <T> List<T> run(List<Function<Compute, T>> tasks) {
        List<Future<T>> futures = new ArrayList<>();
        for (Function<Compute, T> task : tasks) {
            futures.add(narrow.submit(() -> task.apply(narrowCompute.get())));
        }
        List<T> results = new ArrayList<>();
        RuntimeException failure = null;
        for (Future<T> future : futures) {
            try {
                results.add(get(future));
            } catch (RuntimeException e) {
                failure = failure == null ? e : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
        return results;
    }

    /** Runs one task with all native threads. */
    public <T> T runWide(Function<Compute, T> task) {
        return get(wide.submit(() -> task.apply(wideCompute.get())));
    }

    private static <T> T get(Future<T> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while computing", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Ends the threads and gives their memory back. */
    @Override
    public void close() {
        narrow.shutdown();
        wide.shutdown();
        try {
            if (!narrow.awaitTermination(1, TimeUnit.MINUTES) || !wide.awaitTermination(1, TimeUnit.MINUTES)) {
                throw new IllegalStateException("a worker did not end within a minute");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        opened.forEach(Compute::close);
    }
}
