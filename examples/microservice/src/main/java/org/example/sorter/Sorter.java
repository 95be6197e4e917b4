package org.example.sorter;

import com.google.inject.Guice;
import dev.graft.peft.spi.PeftMethods;
import dev.graft.runtime.vertx.GraftModule;
import dev.graft.runtime.vertx.GraftServices;
import dev.graft.runtime.vertx.client.ModelClient;
import dev.graft.runtime.vertx.serve.ServeOptions;
import dev.graft.runtime.vertx.training.SessionClient;
import dev.graft.runtime.vertx.training.SessionSpec;
import dev.graft.runtime.vertx.training.TrainingClient;
import dev.graft.runtime.vertx.training.TrainingNode;
import dev.graft.runtime.vertx.transport.Endpoint;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Workers;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Sorts texts that come over HTTP, and learns: rows with labels train a newer version of its adapter over the event bus,
 * which takes over while texts go on being sorted. Each answer names the version that gave it.
 */
public final class Sorter extends VerticleBase {
    private static final int STEPS = 40;
    private static final int BATCH = 8;

    private final int port;
    private final Path work;
    private final List<JsonObject> rows = new ArrayList<>();
    private Endpoint endpoint;
    private ModelClient model;
    private HttpServer server;

    Sorter(int port, Path work) {
        this.port = port;
        this.work = work;
    }

    int port() {
        return server.actualPort();
    }

    @Override
    public Future<?> start() {
        return Endpoint.start(vertx).compose(started -> {
            endpoint = started;
            model = new ModelClient(endpoint, "base", 30_000); // ms
            server = vertx.createHttpServer().requestHandler(this::handle);
            return server.listen(port, "127.0.0.1");
        });
    }

    private void handle(HttpServerRequest request) {
        request.body()
                .compose(body -> request.path().equals("/learn") ? learn(body.toJsonArray()) : sort(body.toString()))
                .onSuccess(answer -> request.response().end(answer.encode()))
                .onFailure(e -> request.response().setStatusCode(500).end(String.valueOf(e.getMessage())));
    }

    private Future<JsonObject> sort(String text) {
        return model.classify("sorter", List.of(text))
                .map(answer -> new JsonObject().put("label", answer.label(0)).put("version", answer.adapter()));
    }

    /** Trains on all rows that were ever given, a batch at a time, and publishes what comes out. */
    private Future<JsonObject> learn(JsonArray given) {
        List<JsonObject> all = new ArrayList<>(rows);
        given.forEach(row -> all.add((JsonObject) row));
        List<String> labels = all.stream().map(row -> row.getString("label", "")).distinct().sorted().toList();
        SessionClient session = new SessionClient(vertx, endpoint, "sorter-" + System.currentTimeMillis(),
                new SessionSpec(new JsonObject().put("method", "lora").put("labels", new JsonArray(labels))
                        .put("training", new JsonObject().put("seed", 1))));
        List<Future<?>> steps = new ArrayList<>();
        for (int step = 0; step < STEPS; step++) {
            List<JsonObject> batch = new ArrayList<>();
            for (int i = 0; i < BATCH; i++) {
                batch.add(all.get((step * BATCH + i) % all.size()));
            }
            steps.add(session.forwardBackward(batch));
            steps.add(session.optimizerStep());
        }
        return Future.all(steps)
                .compose(done -> session.save())
                .compose(saved -> vertx.executeBlocking(() -> fetch(session.id())))
                .compose(files -> model.publish("sorter", files))
                .onSuccess(published -> given.forEach(row -> rows.add((JsonObject) row)))
                .map(version -> new JsonObject().put("version", version.id()));
    }

    private Map<String, Buffer> fetch(String session) throws Exception {
        Path folder = work.resolve("fetched").resolve(session);
        new TrainingClient(vertx, endpoint).fetch(session, folder);
        Map<String, Buffer> files = new TreeMap<>();
        for (String name : List.of("adapter_config.json", "adapter_model.safetensors", "graft.json")) {
            files.put(name, Buffer.buffer(Files.readAllBytes(folder.resolve(name))));
        }
        return files;
    }

    /** Everything in one process: the base with its adapters, a node that trains, and the application on top. */
    static Sorter open(Vertx vertx, BaseModel base, Path work, int port) throws Exception {
        PeftMethods methods = PeftMethods.discover(ModuleLayer.boot());
        GraftModule module = new GraftModule("base", base, work.resolve("adapters"), methods, ServeOptions.DEFAULT);
        await(Guice.createInjector(module).getInstance(GraftServices.class).start(vertx));
        new TrainingNode(vertx, await(Endpoint.start(vertx)), base, methods, new Workers("fp32", 1), work.resolve("jobs"),
                reason -> System.err.println("this node may not train: " + reason));
        Sorter sorter = new Sorter(port, work);
        await(vertx.deployVerticle(sorter));
        return sorter;
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get();
    }

    /** Arguments: the base's folder, a folder to work in, a port. */
    public static void main(String[] args) throws Exception {
        Sorter sorter = open(Vertx.vertx(), BaseModel.open(Path.of(args[0])), Path.of(args[1]), Integer.parseInt(args[2]));
        System.out.println("sorting on http://127.0.0.1:" + sorter.port());
    }
}
