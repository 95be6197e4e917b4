package dev.graft.runtime.vertx.http;

import dev.graft.runtime.vertx.http.Jobs.Action;
import dev.graft.runtime.vertx.message.Fields;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;
import java.util.Set;

/** /admin/jobs: submit, list, watch, pause, resume, cancel. */
final class JobRoutes {
    private static final Set<String> OVER = Set.of("done", "failed", "cancelled");
    private static final Map<String, Action> ACTIONS =
            Map.of("pause", Action.PAUSE, "resume", Action.RESUME, "cancel", Action.CANCEL);
    private static final long BEAT_MILLIS = 10_000;

    private final Backend backend;

    JobRoutes(Backend backend) {
        this.backend = backend;
    }

    private Jobs jobs() {
        return backend.jobs()
                .orElseThrow(() -> new Problem.Refused(
                        404, "no_cluster", "this server knows no cluster that trains; start it with --cluster"));
    }

    void list(RoutingContext ctx) {
        jobs().list().onFailure(ctx::fail).onSuccess(all -> Replies.json(ctx, 200, all));
    }

    void submit(RoutingContext ctx) {
        JsonObject spec = Bodies.object(ctx);
        jobs().submit(spec).onFailure(ctx::fail).onSuccess(status -> Replies.json(ctx, 201, status));
    }

    void status(RoutingContext ctx) {
        jobs().status(id(ctx)).onFailure(ctx::fail).onSuccess(status -> Replies.json(ctx, 200, status));
    }

    void act(RoutingContext ctx) {
        Action action = ACTIONS.get(ctx.pathParam("action"));
        if (action == null) {
            throw new Problem.Refused(404, "not_found", "there is no such action; allowed: pause, resume, cancel");
        }
        jobs().act(action, id(ctx)).onFailure(ctx::fail).onSuccess(status -> Replies.json(ctx, 200, status));
    }

    /** The job's status now and after each change, until it is over. */
    void events(RoutingContext ctx) {
        Jobs jobs = jobs();
        String id = id(ctx);
        jobs.status(id).onFailure(ctx::fail).onSuccess(status -> {
            EventStream events = new EventStream(ctx);
            if (tell(events, status)) {
                return;
            }
            Runnable unwatch = jobs.watch(id, change -> tell(events, change));
            long beat = ctx.vertx().setPeriodic(BEAT_MILLIS, timer -> events.beat());
            ctx.addEndHandler(done -> {
                unwatch.run();
                ctx.vertx().cancelTimer(beat);
            });
        });
    }

    private static boolean tell(EventStream events, JsonObject status) {
        events.send(status);
        boolean over = OVER.contains(status.getString("state"));
        if (over) {
            events.end("[DONE]");
        }
        return over;
    }

    private static String id(RoutingContext ctx) {
        String id = ctx.pathParam("job");
        if (!id.matches("[A-Za-z0-9][A-Za-z0-9_-]{0,63}")) {
            throw Fields.wrong("job", id, "1 to 64 letters, digits, _ and -");
        }
        return id;
    }
}
