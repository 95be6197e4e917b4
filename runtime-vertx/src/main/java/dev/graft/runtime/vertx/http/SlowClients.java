package dev.graft.runtime.vertx.http;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Cuts connections whose next request, or its body, does not come in time, however steadily single bytes come. */
final class SlowClients {
    private final Vertx vertx;
    private final HttpOptions.Limits limits;
    private final Map<HttpConnection, Long> timers = new ConcurrentHashMap<>();

    SlowClients(Vertx vertx, HttpOptions.Limits limits) {
        this.vertx = vertx;
        this.limits = limits;
    }

    /** A connection was made: its first request's head must come. */
    void connected(HttpConnection connection) {
        set(connection, limits.bodyMillis());
        connection.closeHandler(nothing -> clear(connection));
    }

    /** A head has come: now the body must. */
    void arrived(RoutingContext ctx) {
        HttpConnection connection = ctx.request().connection();
        set(connection, limits.bodyMillis());
        ctx.addEndHandler(done -> {
            if (done.succeeded()) {
                set(connection, limits.idleMillis());
            }
        });
    }

    /** The body has come. */
    void whole(RoutingContext ctx) {
        clear(ctx.request().connection());
    }

    private void set(HttpConnection connection, long millis) {
        clear(connection);
        timers.put(connection, vertx.setTimer(millis, id -> connection.close()));
    }

    private void clear(HttpConnection connection) {
        Long timer = timers.remove(connection);
        if (timer != null) {
            vertx.cancelTimer(timer);
        }
    }
}
