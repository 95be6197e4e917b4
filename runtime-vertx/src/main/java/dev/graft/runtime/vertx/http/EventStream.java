package dev.graft.runtime.vertx.http;

import dev.graft.runtime.vertx.message.Failure;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.List;

/**
 * Server-sent events to one reader. Who writes waits while the reader does not read; a reader that does not read for
 * too long is cut off by the server's idle time. Safe from any thread.
 */
final class EventStream {
    private final HttpServerResponse response;
    private final Context context;
    private final List<Promise<Void>> waiting = new ArrayList<>();

    EventStream(RoutingContext ctx) {
        this.response = ctx.response();
        this.context = ctx.vertx().getOrCreateContext();
        ctx.addEndHandler(done -> context.runOnContext(nothing -> over()));
    }

    /** True if nothing was written yet, so that an error can still be an answer of its own. */
    boolean isUntouched() {
        return !response.headWritten();
    }

    /** Writes an event; complete when the next may come. */
    Future<Void> send(JsonObject data) {
        return write("data: " + data.encode() + "\n\n");
    }

    /** Writes a comment, which keeps the connection open. */
    Future<Void> beat() {
        return write(":\n\n");
    }

    /** Writes the last event and ends. */
    void end(String data) {
        context.runOnContext(nothing -> {
            if (!response.ended() && !response.closed()) {
                begin();
                response.end("data: " + data + "\n\n");
            }
        });
    }

    private Future<Void> write(String event) {
        Promise<Void> promise = Promise.promise();
        context.runOnContext(nothing -> {
            if (response.ended() || response.closed()) {
                promise.fail(new Failure(Failure.Code.CANCELLED, "the reader is gone"));
                return;
            }
            begin();
            response.write(event);
            if (response.writeQueueFull()) {
                await(promise);
            } else {
                promise.complete();
            }
        });
        return promise.future();
    }

    private void begin() {
        if (!response.headWritten()) {
            response.setChunked(true)
                    .putHeader("Content-Type", "text/event-stream; charset=utf-8")
                    .putHeader("Cache-Control", "no-store");
        }
    }

    private void await(Promise<Void> promise) {
        waiting.add(promise);
        response.drainHandler(nothing -> drained());
    }

    private void drained() {
        List<Promise<Void>> now = List.copyOf(waiting);
        waiting.clear();
        now.forEach(Promise::complete);
    }

    private void over() {
        List<Promise<Void>> now = List.copyOf(waiting);
        waiting.clear();
        now.forEach(each -> each.fail(new Failure(Failure.Code.CANCELLED, "the reader is gone")));
    }
}
