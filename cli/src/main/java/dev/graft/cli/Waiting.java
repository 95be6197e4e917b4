package dev.graft.cli;

import dev.graft.runtime.vertx.message.Failure;
import io.vertx.core.Future;
import java.io.IOException;
import java.util.concurrent.ExecutionException;

/** Waits for what happens on event loops, on the command's own thread. */
final class Waiting {
    private Waiting() {}

    /** The value of a future; what it failed with is thrown. */
    static <T> T value(Future<T> future) throws IOException {
        try {
            return future.toCompletionStage().toCompletableFuture().get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException unchecked && !(unchecked instanceof Failure)) {
                throw unchecked;
            }
            throw new IOException(e.getCause().getMessage(), e.getCause());
        }
    }
}
