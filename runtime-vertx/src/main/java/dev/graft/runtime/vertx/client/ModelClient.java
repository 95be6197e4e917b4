package dev.graft.runtime.vertx.client;

import dev.graft.runtime.vertx.message.AdapterRequest;
import dev.graft.runtime.vertx.message.AdapterStatus;
import dev.graft.runtime.vertx.message.Addresses;
import dev.graft.runtime.vertx.message.GenerateAnswer;
import dev.graft.runtime.vertx.message.GenerateRequest;
import dev.graft.runtime.vertx.message.RowsAnswer;
import dev.graft.runtime.vertx.message.RowsRequest;
import dev.graft.runtime.vertx.message.RowsRequest.Op;
import dev.graft.runtime.vertx.message.RowsRequest.Row;
import dev.graft.runtime.vertx.transport.Call;
import dev.graft.runtime.vertx.transport.Endpoint;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A model of the cluster, or of this process. Futures fail with {@link dev.graft.runtime.vertx.message.Failure}; they
 * complete on the endpoint's event loop, which must not be blocked. Safe for use by several threads.
 */
public final class ModelClient {
    private final Endpoint endpoint;
    private final String model;
    private final long deadlineMillis;

    /**
     * A client.
     *
     * @param model its name at its service
     * @param deadlineMillis time for each request; 0 for no limit
     */
    public ModelClient(Endpoint endpoint, String model, long deadlineMillis) {
        this.endpoint = endpoint;
        this.model = model;
        this.deadlineMillis = deadlineMillis;
    }

    /** Classifies texts with an adapter, {@code name} or {@code name@digest}, or null for the base's own classifier. */
    public Future<RowsAnswer> classify(String adapter, List<String> texts) {
        return rows(new RowsRequest(Op.CLASSIFY, adapter, singles(texts), 0));
    }

    /** The vector of each text, of length 1. */
    public Future<RowsAnswer> embed(String adapter, List<String> texts) {
        return rows(new RowsRequest(Op.EMBED, adapter, singles(texts), 0));
    }

    /** How probable each completion is after its prompt: the logarithms of its tokens' probabilities. */
    public Future<RowsAnswer> score(String adapter, List<Row> promptsAndCompletions) {
        return rows(new RowsRequest(Op.SCORE, adapter, promptsAndCompletions, 0));
    }

    private static List<Row> singles(List<String> texts) {
        return texts.stream().map(text -> new Row(text, null)).toList();
    }

    /** Any request for rows. */
    public Future<RowsAnswer> rows(RowsRequest request) {
        return ask(request).answer().map(RowsAnswer::of);
    }

    /** The same as a call that can be cancelled; its answer is read by {@link RowsAnswer#of}. */
    public Call ask(RowsRequest request) {
        return endpoint.callRepeatably(Addresses.model(model), request.toPacket(), deadlineMillis);
    }

    /** Continues a text. */
    public Future<GenerateAnswer> generate(GenerateRequest request) {
        return endpoint.callRepeatably(Addresses.model(model), request.toPacket(), deadlineMillis)
                .answer()
                .map(GenerateAnswer::of);
    }

    /**
     * Continues a text piece by piece.
     *
     * @param pieces hears of each on the event loop; more come when what it returns is complete
     * @return the call, which can be cancelled; its answer is read by {@link GenerateAnswer#of}
     */
    public Call generate(GenerateRequest request, Function<String, Future<Void>> pieces) {
        return endpoint.callRepeatably(
                Addresses.model(model),
                request.streamed().toPacket(),
                deadlineMillis,
                packet -> pieces.apply(GenerateAnswer.piece(packet)));
    }

    /**
     * Adds a version of an adapter and makes it the newest of its name.
     *
     * @param files of its folder: adapter_config.json, adapter_model.safetensors and, if there is one, graft.json
     */
    public Future<AdapterStatus> publish(String name, Map<String, Buffer> files) {
        return adapter(new AdapterRequest(AdapterRequest.Op.PUBLISH, name, files));
    }

    /** Loads, pins, unpins or unloads a version. */
    public Future<AdapterStatus> adapter(AdapterRequest.Op op, String adapter) {
        return adapter(new AdapterRequest(op, adapter, Map.of()));
    }

    private Future<AdapterStatus> adapter(AdapterRequest request) {
        return endpoint.call(Addresses.adapters(model), request.toPacket(), deadlineMillis)
                .answer()
                .map(answer -> AdapterStatus.of(answer.head()));
    }

    /** All versions that its service knows, and folders that it refuses. */
    public Future<List<AdapterStatus>> adapters() {
        AdapterRequest request = new AdapterRequest(AdapterRequest.Op.LIST, null, Map.of());
        return endpoint.call(Addresses.adapters(model), request.toPacket(), deadlineMillis)
                .answer()
                .map(answer -> answer.head().getJsonArray("adapters").stream()
                        .map(JsonObject.class::cast)
                        .map(AdapterStatus::of)
                        .toList());
    }
}
