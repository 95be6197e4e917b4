package dev.graft.runtime.vertx.serve;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A thread that takes what waits in a queue, some at a time, and works on it. */
final class BatchLoop<T> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BatchLoop.class);

    private final FairQueue<T> queue;
    private final int most;
    private final long windowNanos;
    private final Consumer<List<T>> work;
    private final Thread thread;

    /**
     * Starts the thread.
     *
     * @param most entries at a time
     * @param windowNanos how long it waits for more where the last batch had several; while a batch is worked on, the
     *     next one gathers without waiting
     */
    BatchLoop(String name, FairQueue<T> queue, int most, long windowNanos, Consumer<List<T>> work) {
        this.queue = queue;
        this.most = most;
        this.windowNanos = windowNanos;
        this.work = work;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        int before = 0;
        try {
            for (T first = queue.take(); first != null; first = queue.take()) {
                if (before > 1 || queue.size() > 0) {
                    queue.await(most - 1, windowNanos);
                }
                List<T> batch = new ArrayList<>();
                for (T next = first; next != null; next = batch.size() < most ? queue.poll() : null) {
                    batch.add(next);
                }
                before = batch.size();
                work(batch);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void work(List<T> batch) {
        try {
            work.accept(batch);
        } catch (RuntimeException | Error e) {
            LOG.error("a batch was lost", e); // the thread is for all: it goes on
        }
    }

    /** Ends the thread when it has done what it is at. */
    @Override
    public void close() {
        queue.close();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
