package dev.graft.runtime.vertx.http;

import dev.graft.peft.spi.SettingsException;
import dev.graft.runtime.vertx.message.Failure;
import dev.graft.runtime.vertx.training.JobSpec;
import dev.graft.runtime.vertx.training.TrainingClient;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.function.Consumer;

/** Training jobs of the cluster that this process is a node of. */
public final class ClusterJobs implements Jobs {
    private final TrainingClient client;

    /** Asks by a client. */
    public ClusterJobs(TrainingClient client) {
        this.client = client;
    }

    @Override
    public Future<JsonObject> list() {
        return client.list();
    }

    @Override
    public Future<JsonObject> submit(JsonObject spec) {
        try {
            return client.submit(TrainingClient.newId(), new JobSpec(spec));
        } catch (SettingsException e) {
            return Future.failedFuture(new Failure(Failure.Code.BAD_REQUEST, e.getMessage()));
        }
    }

    @Override
    public Future<JsonObject> status(String id) {
        return known(client.status(id));
    }

    @Override
    public Future<JsonObject> act(Action action, String id) {
        return known(
                switch (action) {
                    case PAUSE -> client.pause(id);
                    case RESUME -> client.resume(id);
                    case CANCEL -> client.cancel(id);
                });
    }

    /** The cluster calls an id that it does not know a wrong request; over HTTP that is a path with nothing at it. */
    private static Future<JsonObject> known(Future<JsonObject> asked) {
        return asked.recover(e -> Future.failedFuture(
                e instanceof Failure failure && failure.code() == Failure.Code.BAD_REQUEST
                        ? new Failure(Failure.Code.NOT_FOUND, failure.getMessage())
                        : e));
    }

    @Override
    public Runnable watch(String id, Consumer<JsonObject> listener) {
        return client.watch(id, listener);
    }
}
