package dev.graft.runtime.vertx.serve;

import dev.graft.runtime.vertx.message.Addresses;
import dev.graft.runtime.vertx.transport.Endpoint;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;

/** Serves a model at its address; several nodes of a cluster may, and share the requests. */
public final class InferenceVerticle extends VerticleBase {
    private final String model;
    private final InferenceService service;
    private Endpoint endpoint;

    /**
     * Serves a model.
     *
     * @param model its name in addresses
     * @param service stays open; who made it closes it behind the verticle
     */
    public InferenceVerticle(String model, InferenceService service) {
        this.model = model;
        this.service = service;
    }

    @Override
    public Future<?> start() {
        return Endpoint.start(vertx).compose(started -> {
            endpoint = started;
            return endpoint.serve(Addresses.model(model), service::handle);
        });
    }

    @Override
    public Future<?> stop() {
        return endpoint == null ? Future.succeededFuture() : endpoint.close();
    }
}
