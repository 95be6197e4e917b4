package dev.graft.runtime.vertx.serve;

import dev.graft.runtime.vertx.message.AdapterRequest;
import dev.graft.runtime.vertx.message.AdapterRequest.Op;
import dev.graft.runtime.vertx.message.Addresses;
import dev.graft.runtime.vertx.message.Failure;
import dev.graft.runtime.vertx.message.Packet;
import dev.graft.runtime.vertx.transport.Endpoint;
import dev.graft.runtime.vertx.transport.Incoming;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves a model's adapters at its address. What one node is told, it says to the others of the cluster, which do the
 * same; a published version they fetch from it. Of two versions of one name the later one stays the newest everywhere.
 */
public final class AdapterVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(AdapterVerticle.class);

    /** Told again after so many milliseconds, since the bus may lose it. */
    private static final List<Long> REPEATED = List.of(1L, 1000L, 5000L);

    private static final long FETCH_MILLIS = 60_000;

    private final String model;
    private final AdapterService service;
    private final String node = UUID.randomUUID().toString();
    private final Map<String, Long> published = new HashMap<>();
    private final Map<String, Boolean> heard = new HashMap<>();
    private WorkerExecutor workers;
    private Endpoint endpoint;

    /** Serves the adapters of a model. */
    public AdapterVerticle(String model, AdapterService service) {
        this.model = model;
        this.service = service;
    }

    private String own() {
        return Addresses.adapters(model) + ".node." + node;
    }

    @Override
    public Future<?> start() {
        workers = vertx.createSharedWorkerExecutor("graft-adapters-" + node, 2);
        Future<?> listening = vertx.eventBus()
                .<JsonObject>consumer(Addresses.published(model), message -> told(message.body()))
                .completion();
        return Endpoint.start(vertx).compose(started -> {
            endpoint = started;
            return Future.all(
                    listening,
                    endpoint.serve(Addresses.adapters(model), this::handle),
                    endpoint.serve(own(), this::handle));
        });
    }

    private void handle(Incoming call) {
        workers.executeBlocking(() -> service.answer(call.request()), false)
                .onFailure(e -> call.fail(Failure.of(e)))
                .onSuccess(answer -> {
                    tell(call.request(), answer);
                    call.end(answer);
                });
    }

    private void tell(Packet request, Packet answer) {
        Op op = Op.of(request.head().getString("op"));
        if (op == Op.LIST || op == Op.FETCH) {
            return;
        }
        String name = answer.head().getString("name");
        JsonObject said = new JsonObject()
                .put("op", op.label())
                .put("adapter", name + "@" + answer.head().getString("digest"))
                .put("node", node)
                .put("time", System.currentTimeMillis())
                .put("id", UUID.randomUUID().toString());
        context.runOnContext(nothing -> {
            if (op == Op.PUBLISH) {
                published.merge(name, said.getLong("time"), Math::max);
            }
            REPEATED.forEach(millis ->
                    vertx.setTimer(millis, id -> vertx.eventBus().publish(Addresses.published(model), said)));
        });
    }

    private void told(JsonObject said) {
        if (node.equals(said.getString("node")) || heard.putIfAbsent(said.getString("id"), true) != null) {
            return;
        }
        vertx.setTimer(2 * REPEATED.get(REPEATED.size() - 1), id -> heard.remove(said.getString("id")));
        String adapter = said.getString("adapter");
        if (!Op.PUBLISH.label().equals(said.getString("op"))) {
            doLocally(new AdapterRequest(Op.of(said.getString("op")), adapter, Map.of()));
            return;
        }
        String name = adapter.substring(0, adapter.indexOf('@'));
        if (published.merge(name, said.getLong("time"), Math::max) > said.getLong("time")) {
            return;
        }
        String from = Addresses.adapters(model) + ".node." + said.getString("node");
        Packet fetch = new AdapterRequest(Op.FETCH, adapter, Map.of()).toPacket();
        endpoint.call(from, fetch, FETCH_MILLIS)
                .answer()
                .onFailure(e ->
                        LOG.warn("{} was published by another node and cannot be fetched: {}", adapter, e.getMessage()))
                .onSuccess(files -> doLocally(new AdapterRequest(Op.PUBLISH, adapter, AdapterRequest.files(files))));
    }

    private void doLocally(AdapterRequest request) {
        workers.executeBlocking(() -> service.answer(request.toPacket()), false)
                .onFailure(e -> LOG.warn("{} {}: {}", request.op().label(), request.adapter(), e.getMessage()));
    }

    @Override
    public Future<?> stop() {
        return endpoint == null ? Future.succeededFuture() : endpoint.close().compose(closed -> workers.close());
    }
}
