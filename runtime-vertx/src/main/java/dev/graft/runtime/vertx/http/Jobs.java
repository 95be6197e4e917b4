package dev.graft.runtime.vertx.http;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.function.Consumer;

/** Training jobs as the door asks for them; statuses are objects with at least {@code job} and {@code state}. */
public interface Jobs {
    /** What can be done to a job. */
    enum Action {
        /** Stops between two steps. */
        PAUSE,
        /** Goes on. */
        RESUME,
        /** Ends it. */
        CANCEL
    }

    /** {@code {"jobs": [...], "workers": {name: {...}}}}, and what else the cluster says. */
    Future<JsonObject> list();

    /** Submits a job and completes with its status. */
    Future<JsonObject> submit(JsonObject spec);

    /** A job's status. */
    Future<JsonObject> status(String id);

    /** Does something to a job. */
    Future<JsonObject> act(Action action, String id);

    /**
     * Hears of a job's progress on an event loop.
     *
     * @return ends it
     */
    Runnable watch(String id, Consumer<JsonObject> listener);
}
