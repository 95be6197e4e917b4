package dev.graft.runtime.vertx.http;

import dev.graft.runtime.vertx.message.AdapterRequest;
import dev.graft.runtime.vertx.message.AdapterStatus;
import dev.graft.runtime.vertx.message.GenerateRequest;
import dev.graft.runtime.vertx.message.RowsRequest;
import dev.graft.runtime.vertx.transport.Call;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What the door asks for: inference with one model, its adapters, and training jobs where there are any. Nothing here
 * blocks, and futures fail with {@link dev.graft.runtime.vertx.message.Failure}.
 */
public interface Backend {
    /** The base's name, which requests may give as their model. */
    String model();

    /**
     * Rows to classify, embed or score; the answer is read by {@link dev.graft.runtime.vertx.message.RowsAnswer#of}.
     *
     * @param requestId goes along for logs
     */
    Call rows(String requestId, RowsRequest request);

    /**
     * A text; the answer is read by {@link dev.graft.runtime.vertx.message.GenerateAnswer#of}.
     *
     * @param pieces hears of each piece if the request is streamed; more come when what it returns is complete
     */
    Call generate(String requestId, GenerateRequest request, Function<String, Future<Void>> pieces);

    /** All versions of adapters, and folders that are refused. */
    Future<List<AdapterStatus>> adapters();

    /** Adds a version of an adapter from the files of its folder. */
    Future<AdapterStatus> publish(String name, Map<String, Buffer> files);

    /** Loads, pins, unpins or unloads a version. */
    Future<AdapterStatus> adapter(AdapterRequest.Op op, String adapter);

    /** What waits and what is done now: {@code {"nodes": [{"node", "queues": {name: number}}]}}. */
    Future<JsonObject> load();

    /** Training jobs, if this process knows a cluster that trains. */
    default Optional<Jobs> jobs() {
        return Optional.empty();
    }
}
