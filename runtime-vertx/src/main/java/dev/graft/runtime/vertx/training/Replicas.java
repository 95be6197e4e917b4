package dev.graft.runtime.vertx.training;

import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.runtime.vertx.message.Failure;
import dev.graft.training.Replica;
import dev.graft.training.ReplicaSpec;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Workers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A worker's copies of the adapters that are trained, by job. Values that are missing are asked for, once for all threads
 * that wait for them. The copy that was used least lately goes when there are too many.
 */
final class Replicas implements AutoCloseable {
    private static final int MOST = 8;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final BaseModel base;
    private final PeftMethods methods;
    private final Workers workers;
    private final Wire wire;
    private final Map<String, Copy> copies = new LinkedHashMap<>(16, 0.75f, true);
    private boolean closed;

    /** A copy and how many threads use it. */
    private static final class Copy {
        private Replica replica;
        private int users;
    }

    Replicas(BaseModel base, PeftMethods methods, Workers workers, Wire wire) {
        this.base = base;
        this.methods = methods;
        this.workers = workers;
        this.wire = wire;
    }

    /**
     * Computes a micro-batch; the thread waits.
     *
     * @param leader where values are asked for
     * @throws StaleException if the leader has gone on to other values
     */
    Replica.Computed compute(String job, long version, String leader, byte[] part)
            throws FileFormatException, InterruptedException, StaleException {
        Copy copy = take(job);
        try {
            for (int tries = 0; tries < 3; tries++) {
                Replica replica = ready(copy, job, version, leader);
                Replica.Computed done = replica.compute(version, part);
                if (done != null) {
                    return done;
                }
            }
            throw new StaleException("values of step " + version + " are gone");
        } finally {
            release(copy);
        }
    }

    /** The leader has other values by now: the work is nobody's any more. */
    static final class StaleException extends Exception {
        private static final long serialVersionUID = 1;

        StaleException(String message) {
            super(message);
        }
    }

    private synchronized Copy take(String job) {
        if (closed) {
            throw new IllegalStateException("this worker is closed");
        }
        Copy copy = copies.computeIfAbsent(job, name -> new Copy());
        copy.users++;
        var each = copies.values().iterator();
        while (copies.size() > MOST && each.hasNext()) {
            Copy old = each.next();
            if (old.users == 0) {
                each.remove();
                close(old);
            }
        }
        return copy;
    }

    private synchronized void release(Copy copy) {
        copy.users--;
        if (closed && copy.users == 0) {
            close(copy);
        }
    }

    private static void close(Copy copy) {
        if (copy.replica != null) {
            copy.replica.close();
            copy.replica = null;
        }
    }

    /** Makes the copy and brings its values to a version. */
    private Replica ready(Copy copy, String job, long version, String leader)
            throws FileFormatException, InterruptedException, StaleException {
        synchronized (copy) {
            if (copy.replica == null) {
                Parcel still = ask(leader, job, "still", version);
                Replica made = new Replica(
                        base, methods, ReplicaSpec.parse(still.head().getString("spec")), workers);
                try {
                    made.takeStill(still.body());
                } catch (FileFormatException e) {
                    made.close();
                    throw e;
                }
                copy.replica = made;
            }
            if (copy.replica.version() != version) {
                copy.replica.takeMoving(
                        version, ask(leader, job, "moving", version).body());
            }
            return copy.replica;
        }
    }

    private Parcel ask(String leader, String job, String kind, long version)
            throws InterruptedException, StaleException {
        Parcel question = Parcel.of(kind);
        question.head().put("job", job).put("version", version);
        try {
            return Wire.await(wire.askOnce(leader, question, PATIENCE));
        } catch (Failure e) {
            throw new StaleException(e.getMessage());
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        copies.values().stream().filter(copy -> copy.users == 0).forEach(Replicas::close);
    }
}
