package dev.graft.runtime.vertx.http;

import dev.graft.runtime.vertx.message.AdapterName;
import dev.graft.runtime.vertx.message.Failure;
import io.vertx.ext.web.RoutingContext;

/**
 * Who asks, kept with each request.
 *
 * @param id of the request, safe for logs and headers
 * @param key that was shown, or null where there are no keys
 */
record Asked(String id, ApiKey key) {
    private static final String KEY = "graft.asked";

    static Asked of(RoutingContext ctx) {
        return ctx.get(KEY);
    }

    void keep(RoutingContext ctx) {
        ctx.put(KEY, this);
    }

    /** Whose requests are counted together: of one key, else of one address. */
    String client(RoutingContext ctx) {
        return key != null ? "key " + key.name() : ctx.request().remoteAddress().hostAddress();
    }

    boolean mayUse(String adapter) {
        return key == null || key.mayUse(adapter);
    }

    /**
     * The adapter that a request's model stands for; null for the bare base.
     *
     * @throws Failure if the model's name is none, or not for this key
     */
    String adapter(String model, String base) {
        if (model == null) {
            throw new Failure(Failure.Code.BAD_REQUEST, "model is null; allowed: " + base + ", or an adapter's name");
        }
        String adapter = model.equals(base) ? null : AdapterName.parse(model).toString();
        if (!mayUse(adapter)) {
            throw new Failure(Failure.Code.NOT_FOUND, "there is no model " + model + " for this key");
        }
        return adapter;
    }
}
