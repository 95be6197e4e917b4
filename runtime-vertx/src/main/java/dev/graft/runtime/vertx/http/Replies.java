package dev.graft.runtime.vertx.http;

import dev.graft.runtime.vertx.transport.Call;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.List;

/** Writes answers, and gives up calls whose reader went away. */
final class Replies {
    private Replies() {}

    /** Answers with JSON. */
    static void json(RoutingContext ctx, int status, JsonObject body) {
        if (!ctx.response().ended() && !ctx.response().closed()) {
            ctx.response()
                    .setStatusCode(status)
                    .putHeader("Content-Type", "application/json")
                    .end(body.toBuffer());
        }
    }

    /** Cancels calls when the connection closes; those that are answered already do not mind. */
    static void cancelWithReader(RoutingContext ctx, List<Call> calls) {
        ctx.response().closeHandler(nothing -> calls.forEach(Call::cancel));
    }
}
