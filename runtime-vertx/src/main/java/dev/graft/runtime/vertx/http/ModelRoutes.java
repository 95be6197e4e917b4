package dev.graft.runtime.vertx.http;

import dev.graft.runtime.vertx.message.AdapterStatus;
import dev.graft.runtime.vertx.message.Failure;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.List;

/** /v1/models: the base, and each adapter by its name and by the digest of each version. */
final class ModelRoutes {
    private final Backend backend;
    private final long started = System.currentTimeMillis() / 1000;

    ModelRoutes(Backend backend) {
        this.backend = backend;
    }

    void list(RoutingContext ctx) {
        backend.adapters().onFailure(ctx::fail).onSuccess(all -> {
            JsonArray data = new JsonArray();
            models(all, Asked.of(ctx)).forEach(data::add);
            Replies.json(ctx, 200, new JsonObject().put("object", "list").put("data", data));
        });
    }

    void one(RoutingContext ctx) {
        String wanted = ctx.pathParam("model");
        String adapter = Asked.of(ctx).adapter(wanted, backend.model());
        backend.adapters()
                .onFailure(ctx::fail)
                .onSuccess(all -> models(all, Asked.of(ctx)).stream()
                        .filter(model -> matches(model.getString("id"), wanted, adapter))
                        .findFirst()
                        .ifPresentOrElse(
                                model -> Replies.json(ctx, 200, model.copy().put("id", wanted)),
                                () -> ctx.fail(new Failure(Failure.Code.NOT_FOUND, "there is no model " + wanted))));
    }

    /** A digest may be shortened. */
    private static boolean matches(String id, String wanted, String adapter) {
        return id.equals(wanted) || adapter != null && adapter.indexOf('@') > 0 && id.startsWith(adapter);
    }

    private List<JsonObject> models(List<AdapterStatus> adapters, Asked asked) {
        List<JsonObject> models = new ArrayList<>();
        if (asked.mayUse(null)) {
            models.add(model(backend.model()).putNull("parent"));
        }
        for (AdapterStatus each : adapters) {
            if (each.refused() != null || each.digest() == null || !asked.mayUse(each.name())) {
                continue;
            }
            if (each.newest()) {
                models.add(model(each.name()).put("parent", backend.model()));
            }
            models.add(model(each.id()).put("parent", backend.model()));
        }
        return models;
    }

    private JsonObject model(String id) {
        return new JsonObject()
                .put("id", id)
                .put("object", "model")
                .put("created", started)
                .put("owned_by", "graft");
    }
}
