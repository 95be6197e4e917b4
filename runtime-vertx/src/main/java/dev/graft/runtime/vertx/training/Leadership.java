package dev.graft.runtime.vertx.training;

import dev.graft.peft.spi.PeftMethods;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Workers;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonObject;
import io.vertx.core.shareddata.Lock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's wish to lead. It waits for the cluster's lock, claims a term on the shared disk and leads until it is closed or
 * hears of a newer term. The lock keeps two from leading at once in ordinary times; the terms keep them apart when it
 * cannot, such as when a node is stopped for a while and does not know it.
 */
final class Leadership implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);
    private static final String LOCK = "graft.training.leader";
    private static final long BEAT_MS = 500;
    private static final long SILENT_MS = 3000;

    private final Wire wire;
    private final Addresses addresses;
    private final BaseModel base;
    private final PeftMethods methods;
    private final Workers workers;
    private final JobsFolder jobs;
    private final Thread thread;
    private volatile boolean closed;
    private volatile long heard;

    Leadership(Wire wire, Addresses addresses, BaseModel base, PeftMethods methods, Workers workers, Path folder)
            throws IOException {
        this.wire = wire;
        this.addresses = addresses;
        this.base = base;
        this.methods = methods;
        this.workers = workers;
        jobs = new JobsFolder(folder);
        thread = new Thread(this::loop, "graft-leadership");
        thread.setDaemon(true);
        thread.start();
    }

    private void loop() {
        Vertx vertx = wire.vertx();
        while (!closed) {
            Lock lock = null;
            try {
                lock = vertx.sharedData()
                        .getLockWithTimeout(LOCK, 5000)
                        .toCompletionStage()
                        .toCompletableFuture()
                        .get(20, TimeUnit.SECONDS);
                if (nobodyLeads()) {
                    lead();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (ExecutionException | TimeoutException e) {
                LOG.debug("another node leads: {}", e.getMessage());
            } catch (IOException | RuntimeException e) {
                if (!closed) {
                    LOG.warn("this node cannot lead; it tries again", e);
                    pause();
                }
            } finally {
                if (lock != null) {
                    lock.release();
                }
            }
        }
    }

    /**
     * False if another node leads, as its beat on the disk says: then the lock of this part of the cluster is not that of
     * the whole, such as when a node was stopped for so long that the others went on without it.
     */
    private boolean nobodyLeads() throws IOException, InterruptedException {
        long term = jobs.newestTerm();
        long beat = jobs.lastBeat(term);
        for (long waited = 0; beat != JobsFolder.LEFT && waited < SILENT_MS; waited += BEAT_MS) {
            Thread.sleep(BEAT_MS);
            if (closed || jobs.newestTerm() != term || jobs.lastBeat(term) != beat) {
                return false;
            }
        }
        return !closed;
    }

    private void pause() {
        try {
            Thread.sleep(1000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void lead() throws IOException, InterruptedException {
        long term = jobs.claimTerm();
        String name = UUID.randomUUID().toString();
        LOG.info("this node leads, in term {}", term);
        WorkPool pool = new WorkPool(wire, addresses, name, NodeFacts.of(base, workers));
        MessageConsumer<JsonObject> others = wire.vertx()
                .eventBus()
                .consumer(
                        addresses.lead(),
                        message -> heard = Math.max(heard, message.body().getLong("term")));
        try (Leader leader =
                new Leader(wire, addresses, name, new RunningJob.Shared(base, methods, workers, pool, jobs, term))) {
            for (long beat = 1; !closed && heard <= term && jobs.newestTerm() <= term; beat++) {
                jobs.beat(term, beat);
                wire.publish(addresses.lead(), new JsonObject().put("term", term));
                Thread.sleep(BEAT_MS);
            }
        } finally {
            others.unregister();
            leave(term);
            LOG.info("this node no longer leads, after term {}", term);
        }
    }

    /** The next leader need not wait. */
    private void leave(long term) {
        try {
            jobs.beat(term, JobsFolder.LEFT);
        } catch (IOException e) {
            LOG.debug("the end of term {} cannot be noted: {}", term, e.toString());
        }
    }

    /** Stops leading; another node takes over. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join(90_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
