package dev.graft.runtime.vertx;

import dev.graft.runtime.vertx.serve.AdapterStore;
import dev.graft.runtime.vertx.serve.AdapterVerticle;
import dev.graft.runtime.vertx.serve.FolderWatch;
import dev.graft.runtime.vertx.serve.InferenceService;
import dev.graft.runtime.vertx.serve.InferenceVerticle;
import dev.graft.transformer.model.Workers;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** The services of one model in one process: started on a Vert.x, and stopped with all their threads and memory. */
public final class GraftServices {
    /** How often the folder of adapters is looked at. */
    static final long LOOK_MILLIS = 1000;

    private final ModelName model;
    private final AdapterStore adapters;
    private final InferenceService inference;
    private final Workers owned;
    private final InferenceVerticle inferenceVerticle;
    private final AdapterVerticle adapterVerticle;
    private final Supplier<FolderWatch> watching;
    private final List<String> deployed = new ArrayList<>();
    private Vertx vertx;
    private FolderWatch watch;

    /**
     * Services that are not started yet.
     *
     * @param owned threads that end with them, or null
     */
    GraftServices(
            ModelName model,
            AdapterStore adapters,
            InferenceService inference,
            Workers owned,
            InferenceVerticle inferenceVerticle,
            AdapterVerticle adapterVerticle,
            Supplier<FolderWatch> watching) {
        this.model = model;
        this.adapters = adapters;
        this.inference = inference;
        this.owned = owned;
        this.inferenceVerticle = inferenceVerticle;
        this.adapterVerticle = adapterVerticle;
        this.watching = watching;
    }

    /** The model's name in addresses. */
    public String model() {
        return model.value();
    }

    /** Its adapters. */
    public AdapterStore adapters() {
        return adapters;
    }

    /** What answers requests. */
    public InferenceService inference() {
        return inference;
    }

    /** Deploys the verticles and begins to watch the folder; complete when the model can be asked. */
    public Future<Void> start(Vertx on) {
        vertx = on;
        watch = watching.get();
        return on.deployVerticle(inferenceVerticle)
                .onSuccess(deployed::add)
                .compose(id -> on.deployVerticle(adapterVerticle))
                .onSuccess(deployed::add)
                .mapEmpty();
    }

    /** Ends everything but the base. It waits for what is being computed on a worker thread of Vert.x. */
    public Future<Void> stop() {
        watch.close();
        return Future.all(deployed.stream().map(vertx::undeploy).toList())
                .compose(undeployed -> vertx.executeBlocking(() -> {
                    inference.close();
                    adapters.close();
                    if (owned != null) {
                        owned.close();
                    }
                    return null;
                }));
    }
}
