package dev.graft.runtime.vertx.training;

import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.spi.SettingsException;
import dev.graft.runtime.vertx.message.Failure;
import dev.graft.training.Replica;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Workers;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node that computes micro-batches for whoever leads. It says twice a second that it is there, takes work at an address
 * of its own, computes on threads of its own and sends the results to who lent the work. It keeps nothing that another
 * could not make again, so it may come and go at any time.
 */
public final class WorkerNode implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerNode.class);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long HELLO_MS = 500;

    private final Wire wire;
    private final Addresses addresses;
    private final NodeFacts facts;
    private final int threads;
    private final Replicas replicas;
    private final Consumer<String> refused;
    private final ExecutorService pool;
    private final AtomicInteger waiting = new AtomicInteger();
    private final String name = UUID.randomUUID().toString();
    private final Future<Runnable> served;
    private final long timer;

    /**
     * Joins the training of a cluster.
     *
     * @param refused hears why this node may not take part, on an event loop
     */
    WorkerNode(
            Wire wire,
            Addresses addresses,
            BaseModel base,
            PeftMethods methods,
            Workers workers,
            Consumer<String> refused)
            throws IOException {
        this.wire = wire;
        this.addresses = addresses;
        this.refused = refused;
        facts = NodeFacts.of(base, workers);
        threads = workers.threads();
        replicas = new Replicas(base, methods, workers, wire);
        AtomicInteger numbers = new AtomicInteger();
        pool = Executors.newFixedThreadPool(threads, work -> {
            Thread thread = new Thread(work, "graft-part-" + numbers.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        served = wire.serve(addresses.worker(name), this::take);
        timer = wire.vertx().setPeriodic(0, HELLO_MS, id -> hello());
    }

    private void hello() {
        wire.publish(
                addresses.hello(),
                new JsonObject()
                        .put("worker", name)
                        .put("pid", ProcessHandle.current().pid())
                        .put("threads", threads)
                        .put("facts", facts.json()));
    }

    /** Work is taken or refused at once; its result comes as a question to the leader. */
    private Future<Parcel> take(Parcel parcel) {
        if (parcel.kind().equals("refused")) {
            refused.accept(parcel.head().getString("reason"));
            return Future.succeededFuture(Parcel.of("ok"));
        }
        if (waiting.get() > 2 * threads + 2) {
            return Future.failedFuture(new Failure(Failure.Code.CONFLICT, "this worker has enough to do"));
        }
        waiting.incrementAndGet();
        pool.execute(() -> {
            try {
                work(parcel);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                waiting.decrementAndGet();
            }
        });
        return Future.succeededFuture(Parcel.of("taken"));
    }

    private void work(Parcel parcel) throws InterruptedException {
        JsonObject head = parcel.head();
        String leader = head.getString("leader");
        JsonObject answer = new JsonObject()
                .put("job", head.getString("job"))
                .put("version", head.getLong("version"))
                .put("part", head.getInteger("part"))
                .put("lease", head.getLong("lease"))
                .put("worker", name);
        Parcel result;
        try {
            Replica.Computed done =
                    replicas.compute(head.getString("job"), head.getLong("version"), leader, parcel.body());
            answer.put("kind", "done")
                    .put("share", Double.doubleToRawLongBits(done.share()))
                    .put("nanos", done.nanos());
            result = new Parcel(answer, done.gradient());
        } catch (Replicas.StaleException e) {
            LOG.debug("work of {} is nobody's any more: {}", answer.getString("job"), e.getMessage());
            result = Parcel.of(answer.put("kind", "stale").put("reason", e.getMessage()));
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            LOG.warn("a micro-batch of {} failed", answer.getString("job"), e);
            String reason = e instanceof SettingsException || e instanceof IOException ? e.getMessage() : e.toString();
            result = Parcel.of(answer.put("kind", "failed").put("reason", reason));
        }
        wire.askOnce(leader, result, PATIENCE)
                .onFailure(
                        e -> LOG.debug("a result of {} was not wanted: {}", answer.getString("job"), e.getMessage()));
    }

    /** Says good-bye, ends its threads and gives their memory back. */
    @Override
    public void close() {
        wire.vertx().cancelTimer(timer);
        wire.publish(addresses.hello(), new JsonObject().put("worker", name).put("leaves", true));
        served.onSuccess(Runnable::run);
        pool.shutdownNow();
        try {
            pool.awaitTermination(1, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        replicas.close();
    }
}
