package dev.graft.runtime.vertx.http;

import dev.graft.runtime.vertx.message.AdapterStatus;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Health, metrics, and the state that the page shows. */
final class StatusRoutes {
    private static final long BEAT_MILLIS = 1000;
    private static final long READY_MILLIS = 3000;

    private final Backend backend;
    private final Meters meters;

    StatusRoutes(Backend backend, Meters meters) {
        this.backend = backend;
        this.meters = meters;
    }

    void live(RoutingContext ctx) {
        Replies.json(ctx, 200, new JsonObject().put("status", "live"));
    }

    /** Ready if the model's services answer. */
    void ready(RoutingContext ctx) {
        backend.adapters()
                .timeout(READY_MILLIS, TimeUnit.MILLISECONDS)
                .onSuccess(adapters -> Replies.json(ctx, 200, new JsonObject().put("status", "ready")))
                .onFailure(e -> ctx.fail(new Problem.Refused(503, "not_ready", "the model's services do not answer")));
    }

    void metrics(RoutingContext ctx) {
        backend.load().otherwise(new JsonObject()).onSuccess(load -> {
            meters.queues(load);
            ctx.response()
                    .putHeader("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
                    .end(meters.scrape());
        });
    }

    void status(RoutingContext ctx) {
        now(Asked.of(ctx)).onFailure(ctx::fail).onSuccess(status -> Replies.json(ctx, 200, status));
    }

    /** The status each second, for the page. */
    void events(RoutingContext ctx) {
        EventStream events = new EventStream(ctx);
        Asked asked = Asked.of(ctx);
        boolean[] busy = new boolean[1];
        Runnable tell = () -> {
            if (!busy[0]) {
                busy[0] = true;
                now(asked).compose(events::send).onComplete(sent -> busy[0] = false);
            }
        };
        tell.run();
        long beat = ctx.vertx().setPeriodic(BEAT_MILLIS, timer -> tell.run());
        ctx.addEndHandler(done -> ctx.vertx().cancelTimer(beat));
    }

    private Future<JsonObject> now(Asked asked) {
        Future<JsonObject> load = backend.load();
        Future<List<AdapterStatus>> adapters = backend.adapters();
        Future<JsonObject> jobs = backend.jobs()
                .map(each -> each.list().timeout(READY_MILLIS, TimeUnit.MILLISECONDS))
                .orElse(Future.succeededFuture(new JsonObject()));
        return Future.join(load, adapters, jobs).transform(done -> {
            if (load.failed()) {
                return Future.failedFuture(load.cause());
            }
            JsonArray known = new JsonArray();
            if (adapters.succeeded()) {
                adapters.result().stream()
                        .filter(each -> asked.mayUse(each.name()))
                        .map(AdapterStatus::toJson)
                        .forEach(known::add);
            }
            JsonObject trained = jobs.succeeded() ? jobs.result() : new JsonObject();
            JsonArray nodes = load.result().getJsonArray("nodes").copy();
            trained.getJsonObject("workers", new JsonObject()).fieldNames().forEach(name -> nodes.add(worker(name)));
            return Future.succeededFuture(new JsonObject()
                    .put("model", backend.model())
                    .put("nodes", nodes)
                    .put("adapters", known)
                    .put("throughput", meters.throughput())
                    .put("trains", backend.jobs().isPresent())
                    .put("jobs", trained.getJsonArray("jobs", new JsonArray())));
        });
    }

    private static JsonObject worker(String name) {
        return new JsonObject().put("node", "worker " + name).put("queues", new JsonObject());
    }
}
