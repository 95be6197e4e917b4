package dev.graft.runtime.vertx.training;

import dev.graft.training.GradientStep;
import dev.graft.training.Replica;
import dev.graft.training.ReplicaSpec;
import dev.graft.training.StepEngine;
import dev.graft.transformer.model.Adapter;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/**
 * The steps of one job, computed by the pool's workers: each gets the values of the step when it asks for them, and results
 * are added in the order of the micro-batches, however they come.
 */
final class PooledEngine implements StepEngine {
    private final String job;
    private final WorkPool pool;
    private final Adapter adapter;
    private final String spec;
    private final byte[] still;
    private volatile Values moving = new Values(-1, new byte[0]);
    private volatile long waitedNanos;
    private volatile long computedNanos;

    private record Values(long version, byte[] bytes) {}

    PooledEngine(String job, WorkPool pool, Adapter adapter, long seed) {
        this.job = job;
        this.pool = pool;
        this.adapter = adapter;
        spec = ReplicaSpec.of(adapter, seed).toJson();
        still = Replica.still(adapter);
    }

    /** What a worker asks for, or null if it is gone. */
    Parcel values(String kind, long version) {
        Values now = moving;
        if (kind.equals("still")) {
            return new Parcel(new JsonObject().put("spec", spec), still);
        }
        return now.version == version ? new Parcel(new JsonObject(), now.bytes) : null;
    }

    /** Time that the job waited for workers, of the last step. */
    long waitedNanos() {
        return waitedNanos;
    }

    /** Time that workers spent on computing, of the last step; that of all of them is added. */
    long computedNanos() {
        return computedNanos;
    }

    @Override
    public void compute(GradientStep step) {
        moving = new Values(step.step(), Replica.moving(adapter));
        long begin = System.nanoTime();
        long computed = 0;
        List<CompletableFuture<Replica.Computed>> answers = new ArrayList<>();
        try {
            for (int i = 0; i < step.parts(); i++) {
                answers.add(pool.submit(job, step.step(), i, step.part(i)));
            }
            for (int i = 0; i < answers.size(); i++) {
                Replica.Computed done = answers.get(i).get();
                answers.set(i, null); // a gradient that was added is not kept
                step.add(i, done.share(), done.gradient());
                computed += done.nanos();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted");
        } catch (ExecutionException | CompletionException e) {
            throw e.getCause() instanceof RuntimeException runtime ? runtime : new IllegalStateException(e.getCause());
        } finally {
            pool.forget(job);
            waitedNanos = System.nanoTime() - begin;
            computedNanos = computed;
        }
    }
}
