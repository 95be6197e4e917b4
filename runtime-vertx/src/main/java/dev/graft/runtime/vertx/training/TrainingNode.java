package dev.graft.runtime.vertx.training;

import dev.graft.peft.spi.PeftMethods;
import dev.graft.runtime.vertx.transport.Endpoint;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Workers;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * A node of the training service: it computes for whoever leads and, if it sees the folder of the jobs, is ready to lead.
 * Base, methods and threads stay their owner's.
 */
public final class TrainingNode implements AutoCloseable {
    private final WorkerNode worker;
    private final Leadership leadership;

    /**
     * Starts; not on an event loop.
     *
     * @param jobs folder of the jobs, which all nodes that may lead see at a path of their own; null never to lead
     * @param refused hears why this node may not compute here, on an event loop
     */
    public TrainingNode(
            Vertx vertx,
            Endpoint endpoint,
            BaseModel base,
            PeftMethods methods,
            Workers workers,
            Path jobs,
            Consumer<String> refused)
            throws IOException {
        Wire wire = new Wire(vertx, endpoint);
        leadership = jobs == null ? null : new Leadership(wire, Addresses.USUAL, base, methods, workers, jobs);
        worker = new WorkerNode(wire, Addresses.USUAL, base, methods, workers, refused);
    }

    @Override
    public void close() {
        worker.close();
        if (leadership != null) {
            leadership.close();
        }
    }
}
