package dev.graft.architecture.planted.loop;

import dev.graft.transformer.model.BaseModel;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/** A verticle that holds up its event loop in several ways. */
public final class Blocking extends VerticleBase {
    private final BaseModel base;

    /** Never made. */
    public Blocking(BaseModel base) {
        this.base = base;
    }

    @Override
    public Future<?> start() throws Exception {
        Files.size(Path.of("x"));
        Thread.sleep(1);
        new CompletableFuture<Void>().join();
        return Future.succeededFuture(base.computeFingerprint());
    }
}
