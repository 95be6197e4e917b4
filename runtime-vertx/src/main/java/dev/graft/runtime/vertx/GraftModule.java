package dev.graft.runtime.vertx;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import dev.graft.peft.spi.PeftMethods;
import dev.graft.runtime.vertx.serve.AdapterService;
import dev.graft.runtime.vertx.serve.AdapterStore;
import dev.graft.runtime.vertx.serve.AdapterVerticle;
import dev.graft.runtime.vertx.serve.FolderWatch;
import dev.graft.runtime.vertx.serve.InferenceService;
import dev.graft.runtime.vertx.serve.InferenceVerticle;
import dev.graft.runtime.vertx.serve.ServeOptions;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Workers;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/**
 * A model with its adapters as bindings: base, methods, worker threads, adapters, services and verticles. An application
 * installs it in its injector, deploys {@link GraftServices#start} and stops them again; a test overrides a binding.
 */
public final class GraftModule extends AbstractModule {
    private final String model;
    private final BaseModel base;
    private final Path adapters;
    private final PeftMethods methods;
    private final ServeOptions options;
    private Workers given;

    /**
     * Binds a model.
     *
     * @param model its name in addresses
     * @param base stays open; who opened it closes it behind the services
     * @param adapters folder of adapters, which is watched
     * @param methods the installed ones, such as {@code PeftMethods.discover(ModuleLayer.boot())}
     */
    public GraftModule(String model, BaseModel base, Path adapters, PeftMethods methods, ServeOptions options) {
        this.model = model;
        this.base = base;
        this.adapters = adapters;
        this.methods = methods;
        this.options = options;
    }

    /** Computes with these threads, which stay open, instead of with threads of its own. */
    public GraftModule with(Workers workers) {
        given = workers;
        return this;
    }

    @Override
    protected void configure() {
        bind(BaseModel.class).toInstance(base);
        bind(PeftMethods.class).toInstance(methods);
        bind(ServeOptions.class).toInstance(options);
        bind(ModelName.class).toInstance(new ModelName(model));
    }

    @Provides
    @Singleton
    Workers workers() {
        return given != null ? given : new Workers("fp32", Runtime.getRuntime().availableProcessors());
    }

    @Provides
    @Singleton
    AdapterStore store(BaseModel boundBase, PeftMethods boundMethods, ServeOptions boundOptions) {
        try {
            return new AdapterStore(boundBase, boundMethods, adapters, boundOptions);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Provides
    @Singleton
    InferenceService inference(BaseModel boundBase, AdapterStore store, Workers workers, ServeOptions boundOptions) {
        return new InferenceService(boundBase, store, workers, boundOptions);
    }

    @Provides
    @Singleton
    GraftServices services(ModelName name, AdapterStore store, InferenceService inference, Workers workers) {
        return new GraftServices(
                name,
                store,
                inference,
                given == null ? workers : null,
                new InferenceVerticle(name.value(), inference),
                new AdapterVerticle(name.value(), new AdapterService(store)),
                () -> new FolderWatch(store, GraftServices.LOOK_MILLIS));
    }
}
