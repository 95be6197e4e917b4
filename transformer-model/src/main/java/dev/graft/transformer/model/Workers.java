package dev.graft.transformer.model;

import dev.graft.autograd.Compute;
import dev.graft.autograd.kernel.Kernels;
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
import java.util.function.UnaryOperator;

/**
 * The threads that compute. Each has its own kernels and arena and one native thread, so that a result never depends
 * on their number; one more, the wide one, uses several native threads for work that cannot be split.
 */
public final class Workers implements AutoCloseable {
    private final MathMode math;
    private final int threads;
    private final UnaryOperator<Kernels> front;
    private final AtomicInteger names = new AtomicInteger();
    private final ExecutorService narrow;
    private final ExecutorService wide;
    private final List<Compute> opened = new ArrayList<>();
    private final ThreadLocal<Compute> narrowCompute;
    private final ThreadLocal<Compute> wideCompute;

    /**
     * Starts threads.
     *
     * @param math how products are computed: the name of a {@link MathMode}
     * @param threads at least 1; results do not depend on it
     * @throws IllegalArgumentException if math or threads is something else
     */
    public Workers(String math, int threads) {
        this(MathMode.of(math), threads);
    }

    /** Starts threads. */
    public Workers(MathMode math, int threads) {
        this(math, threads, UnaryOperator.identity());
    }

    /** Starts threads whose kernels another object stands in front of; see {@link Compute#open}. */
    public Workers(MathMode math, int threads, UnaryOperator<Kernels> front) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads is " + threads + "; allowed: 1 or more");
        }
        this.math = math;
        this.threads = threads;
        this.front = front;
        narrow = Executors.newFixedThreadPool(threads, this::thread);
        wide = Executors.newSingleThreadExecutor(this::thread);
        narrowCompute = ThreadLocal.withInitial(() -> open(1));
        wideCompute = ThreadLocal.withInitial(() -> open(threads));
    }

    private Thread thread(Runnable work) {
        Thread thread = new Thread(work, "graft-worker-" + names.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    }

    private Compute open(int nativeThreads) {
        Compute compute = Compute.open(math, nativeThreads, front);
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

    /**
     * Runs tasks side by side and returns their results in their order; the first failure is thrown. It returns or
     * throws only when no task runs any more, so that the caller may free the memory that they write.
     *
     * @throws IllegalStateException if the calling thread is interrupted; it stays so
     */
    public <T> List<T> run(List<Function<Compute, T>> tasks) {
        return await(tasks.stream()
                .map(task -> narrow.submit(() -> task.apply(narrowCompute.get())))
                .toList());
    }

    /** Runs one task with all native threads, as {@link #run} does. */
    public <T> T runWide(Function<Compute, T> task) {
        return await(List.of(wide.submit(() -> task.apply(wideCompute.get())))).get(0);
    }

    private static <T> List<T> await(List<Future<T>> futures) {
        List<T> results = new ArrayList<>();
        Throwable failure = null;
        boolean interrupted = false;
        for (int i = 0; i < futures.size(); ) {
            try {
                results.add(futures.get(i).get());
                i++;
            } catch (ExecutionException e) {
                failure = failure == null ? e.getCause() : failure;
                i++;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while computing");
        }
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw (RuntimeException) failure;
        }
        return results;
    }

    /**
     * Most bytes that values of passes took on all threads together: activations, and what is computed between them. To be
     * asked while no task runs.
     */
    public long passBytes() {
        synchronized (opened) {
            return opened.stream()
                    .mapToLong(compute -> compute.arena().most() * Float.BYTES)
                    .sum();
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
