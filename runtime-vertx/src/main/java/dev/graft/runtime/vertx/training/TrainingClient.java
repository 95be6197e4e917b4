package dev.graft.runtime.vertx.training;

import dev.graft.peft.spi.file.AtomicFiles;
import dev.graft.runtime.vertx.transport.Endpoint;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Training jobs of a cluster. Futures fail with {@link dev.graft.runtime.vertx.message.Failure}; they complete on an event
 * loop. While one leader is gone and another takes over, questions wait for up to a minute.
 */
public final class TrainingClient {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Wire wire;
    private final Addresses addresses = Addresses.USUAL;

    /** A client of the cluster that Vert.x is a node of. */
    public TrainingClient(Vertx vertx, Endpoint endpoint) {
        wire = new Wire(vertx, endpoint);
    }

    /** A new id for a job. */
    public static String newId() {
        return "job-" + UUID.randomUUID().toString().substring(0, 13);
    }

    /** Submits a job; the same id and text again is the same job. Completes with its status. */
    public Future<JsonObject> submit(String id, JobSpec spec) {
        JsonObject head = new JsonObject().put("kind", "submit").put("job", id).put("spec", spec.json());
        return wire.ask(addresses.jobs(), Parcel.of(head), PATIENCE).map(Parcel::head);
    }

    /** All jobs, the workers, and who leads. */
    public Future<JsonObject> list() {
        return wire.ask(addresses.jobs(), Parcel.of("list"), PATIENCE).map(Parcel::head);
    }

    /** Its state (queued, running, paused, cancelled, failed, done), step, loss, speed and time left. */
    public Future<JsonObject> status(String id) {
        return ask("status", id);
    }

    /** Stops between two steps, with a checkpoint. */
    public Future<JsonObject> pause(String id) {
        return ask("pause", id);
    }

    /** Goes on from the last checkpoint, after a pause, a failure or a cancellation. */
    public Future<JsonObject> resume(String id) {
        return ask("resume", id);
    }

    /** Ends it; what it has so far stays. */
    public Future<JsonObject> cancel(String id) {
        return ask("cancel", id);
    }

    private Future<JsonObject> ask(String kind, String id) {
        JsonObject head = new JsonObject().put("kind", kind).put("job", id);
        return wire.ask(addresses.jobs(), Parcel.of(head), PATIENCE).map(Parcel::head);
    }

    /**
     * Hears of a job's progress: its status after each step and each change.
     *
     * @return ends it
     */
    public Runnable watch(String id, Consumer<JsonObject> listener) {
        MessageConsumer<JsonObject> consumer = wire.vertx().eventBus().consumer(addresses.events(id));
        consumer.handler(message -> listener.accept(message.body()));
        return consumer::unregister;
    }

    /**
     * Fetches a run's folder; not on an event loop.
     *
     * @param into a folder that does not exist yet or is empty
     */
    public void fetch(String id, Path into) throws IOException, InterruptedException {
        JsonObject head = new JsonObject().put("kind", "files").put("job", id);
        List<String> files =
                Wire.await(wire.ask(addresses.jobs(), Parcel.of(head), PATIENCE)).head().getJsonArray("files").stream()
                        .map(String::valueOf)
                        .toList();
        try {
            AtomicFiles.folder(into, inside -> {
                for (String file : files) {
                    Path target = inside.resolve(file).normalize();
                    if (!target.startsWith(inside)) {
                        throw new IOException("a file of job " + id + " is named " + file);
                    }
                    Files.createDirectories(target.getParent());
                    Files.write(target, file(id, file));
                }
            });
        } catch (Interrupted e) {
            throw (InterruptedException) e.getCause();
        }
    }

    /** Carries an interruption out of a body that may not throw it. */
    private static final class Interrupted extends RuntimeException {
        private static final long serialVersionUID = 1;

        Interrupted(InterruptedException cause) {
            super(cause);
        }
    }

    private byte[] file(String id, String name) {
        JsonObject head = new JsonObject().put("kind", "file").put("job", id).put("file", name);
        try {
            return Wire.await(wire.ask(addresses.jobs(), Parcel.of(head), PATIENCE))
                    .body();
        } catch (InterruptedException e) {
            throw new Interrupted(e);
        }
    }
}
