package dev.graft.runtime.vertx.http;

import dev.graft.runtime.vertx.client.ModelClient;
import dev.graft.runtime.vertx.message.AdapterRequest;
import dev.graft.runtime.vertx.message.AdapterStatus;
import dev.graft.runtime.vertx.message.Addresses;
import dev.graft.runtime.vertx.message.GenerateAnswer;
import dev.graft.runtime.vertx.message.GenerateRequest;
import dev.graft.runtime.vertx.message.Packet;
import dev.graft.runtime.vertx.message.RowsRequest;
import dev.graft.runtime.vertx.transport.Call;
import dev.graft.runtime.vertx.transport.Endpoint;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** Asks a model's services over the event bus. */
public final class BusBackend implements Backend {
    private final Endpoint endpoint;
    private final String model;
    private final long deadlineMillis;
    private final Supplier<JsonObject> queues;
    private final Jobs jobs;
    private final ModelClient client;

    /**
     * A backend.
     *
     * @param model its name at its services
     * @param deadlineMillis time for each request
     * @param queues numbers of this process, such as {@link dev.graft.runtime.vertx.serve.InferenceService#load}
     * @param jobs training jobs, or null
     */
    public BusBackend(Endpoint endpoint, String model, long deadlineMillis, Supplier<JsonObject> queues, Jobs jobs) {
        this.endpoint = endpoint;
        this.model = model;
        this.deadlineMillis = deadlineMillis;
        this.queues = queues;
        this.jobs = jobs;
        this.client = new ModelClient(endpoint, model, deadlineMillis);
    }

    @Override
    public String model() {
        return model;
    }

    @Override
    public Call rows(String requestId, RowsRequest request) {
        return endpoint.callRepeatably(
                Addresses.model(model), identified(requestId, request.toPacket()), deadlineMillis);
    }

    @Override
    public Call generate(String requestId, GenerateRequest request, Function<String, Future<Void>> pieces) {
        Packet packet = identified(requestId, request.toPacket());
        return request.stream()
                ? endpoint.callRepeatably(
                        Addresses.model(model),
                        packet,
                        deadlineMillis,
                        item -> pieces.apply(GenerateAnswer.piece(item)))
                : endpoint.callRepeatably(Addresses.model(model), packet, deadlineMillis);
    }

    private static Packet identified(String requestId, Packet packet) {
        packet.head().put(Addresses.REQUEST_ID, requestId);
        return packet;
    }

    @Override
    public Future<List<AdapterStatus>> adapters() {
        return client.adapters();
    }

    @Override
    public Future<AdapterStatus> publish(String name, Map<String, Buffer> files) {
        return client.publish(name, files);
    }

    @Override
    public Future<AdapterStatus> adapter(AdapterRequest.Op op, String adapter) {
        return client.adapter(op, adapter);
    }

    @Override
    public Future<JsonObject> load() {
        JsonObject node = new JsonObject().put("node", "this process").put("queues", queues.get());
        return Future.succeededFuture(new JsonObject().put("nodes", new JsonArray().add(node)));
    }

    @Override
    public Optional<Jobs> jobs() {
        return Optional.ofNullable(jobs);
    }
}
