package dev.graft.runtime.vertx.http;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import io.vertx.core.Vertx;
import jakarta.inject.Singleton;

/** Binds {@link HttpDoor}; the application binds {@link Vertx} and {@link Backend}, and a test another backend. */
public final class HttpModule extends AbstractModule {
    private final HttpOptions options;

    /** A door with these options. */
    public HttpModule(HttpOptions options) {
        this.options = options;
    }

    @Provides
    @Singleton
    HttpDoor door(Vertx vertx, Backend backend) {
        return new HttpDoor(vertx, backend, options);
    }
}
