package dev.graft.runtime.vertx.training;

import dev.graft.peft.spi.PeftMethods;
import dev.graft.training.FinishedRunException;
import dev.graft.training.FrequentStore;
import dev.graft.training.RunFolder;
import dev.graft.training.TrainingRun;
import dev.graft.training.plan.RunRecord;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Workers;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One job while this node leads: it runs on a thread of its own, from the last checkpoint to its end or until it is told to stop. */
final class RunningJob implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(RunningJob.class);
    private static final long FENCE_NANOS = 1_000_000_000L;

    /** What all jobs of a leader share. */
    record Shared(BaseModel base, PeftMethods methods, Workers workers, WorkPool pool, JobsFolder jobs, long term) {}

    private final Shared shared;
    private final JobFolder folder;
    private final JobStatus status;
    private volatile PooledEngine engine;
    private volatile String stop;
    private long fenced;
    private long steps;
    private double outside;
    private double whole;
    private double computing;
    private double possible;

    RunningJob(Shared shared, JobFolder folder, JobStatus status) {
        this.shared = shared;
        this.folder = folder;
        this.status = status;
    }

    JobStatus status() {
        return status;
    }

    /** What workers ask for; null if the job does not run. */
    Parcel values(String kind, long version) {
        PooledEngine now = engine;
        return now == null ? null : now.values(kind, version);
    }

    /** Stops between two steps: paused, cancelled, or, if another node leads, left as it is. */
    void stop(String why) {
        stop = why;
        if (!why.equals("paused")) {
            shared.pool.forget(folder.id());
        }
    }

    @Override
    public void run() {
        try {
            String ended = train();
            if (ended.equals("cancelled")) {
                folder.outcome(new JsonObject().put("state", "cancelled"));
            }
            if (!ended.equals("left")) {
                status.state(ended, null);
            }
        } catch (CancellationException e) {
            leave(e);
        } catch (IOException | RuntimeException | Error e) {
            if (stop != null && stop.equals("left")) {
                leave(e);
            } else {
                fail(e);
            }
        } finally {
            engine = null;
        }
    }

    private void leave(Throwable e) {
        LOG.info("job {} is left: {}", folder.id(), String.valueOf(e));
        if ("cancelled".equals(stop)) {
            try {
                folder.outcome(new JsonObject().put("state", "cancelled"));
                status.state("cancelled", null);
            } catch (IOException io) {
                fail(io);
            }
        }
    }

    private void fail(Throwable e) {
        LOG.warn("job {} failed", folder.id(), e);
        String message = e.getMessage() == null ? e.toString() : e.getMessage();
        try {
            if (shared.jobs.newestTerm() > shared.term || Files.exists(folder.result())) {
                return; // another node leads by now: what this one met does not count
            }
            folder.outcome(new JsonObject().put("state", "failed").put("message", message));
        } catch (IOException io) {
            LOG.warn("the failure of job {} cannot be noted", folder.id(), io);
        }
        status.state("failed", message);
    }

    /** Opens all that the run needs and trains; returns how it ended. */
    private String train() throws IOException {
        JobSpec spec = new JobSpec(folder.spec());
        try (JobPlan plan = JobPlan.open(shared, spec)) {
            Path run = folder.begin(shared.term);
            if (Files.exists(run.resolve("adapter_model.safetensors"))) {
                return finished();
            }
            try (RunFolder store = store(run, plan.record(), spec);
                    TrainingRun training = plan.run(shared, new FrequentStore(store))) {
                return train(training, plan, store);
            } catch (FinishedRunException e) {
                return finished();
            }
        }
    }

    private String finished() throws IOException {
        folder.publish(shared.term);
        folder.outcome(new JsonObject().put("state", "done"));
        return "done";
    }

    private RunFolder store(Path run, RunRecord record, JobSpec spec) throws IOException {
        return Files.exists(run.resolve("run.json"))
                ? RunFolder.open(run, shared.base, record.notes(), record.identity())
                : RunFolder.create(
                        run,
                        shared.base,
                        record.notes(),
                        record.whole("bin/graft job submit", spec.data(), Clock.systemUTC()));
    }

    private String train(TrainingRun training, JobPlan plan, RunFolder store) throws IOException {
        long from = training.resume();
        engine = new PooledEngine(
                folder.id(),
                shared.pool,
                plan.start().adapter(),
                plan.settings().seed());
        status.from(from, training.steps());
        training.begin();
        while (training.goesOn()) {
            fence();
            if (stop != null) {
                if (stop.equals("paused")) {
                    training.checkpoint();
                }
                return stop;
            }
            long begin = System.nanoTime();
            training.advance(engine, status);
            measure(System.nanoTime() - begin);
        }
        shared.base.verify(plan.record().fingerprint());
        Map<String, Object> result = RunRecord.result(
                training.state(),
                from,
                training.truncated(),
                status.seconds(),
                status.tokensPerSecond(),
                Clock.systemUTC());
        store.finish(plan.start().adapter(), result);
        store.close();
        folder.publish(shared.term);
        folder.outcome(new JsonObject().put("state", "done").put("result", new JsonObject(result)));
        return "done";
    }

    /** Shares of a step: on the leader alone, and of all workers' threads without work of this job. */
    private void measure(long nanos) {
        steps++;
        whole += nanos;
        outside += nanos - engine.waitedNanos();
        computing += engine.computedNanos();
        possible += (double) nanos * Math.max(1, shared.pool.threads());
        status.figure("ms_per_step", whole / steps / 1e6);
        status.figure("share_outside_workers", outside / whole);
        status.figure("share_outside_computation", 1 - computing / possible);
    }

    /** A leader whose term is over stops; it never wrote where the next one writes. */
    private void fence() throws IOException {
        long now = System.nanoTime();
        if (now - fenced > FENCE_NANOS) {
            fenced = now;
            if (shared.jobs.newestTerm() > shared.term) {
                stop = "left";
            }
        }
    }
}
