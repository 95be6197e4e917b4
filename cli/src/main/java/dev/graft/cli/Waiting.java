package dev.graft.cli;

import dev.graft.runtime.vertx.message.Failure;
import dev.graft.training.TrainingStoppedException;
import io.vertx.core.Future;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

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

    /**
     * The value of what a cluster does, for at most two minutes.
     *
     * @param what for messages, as in "joining the cluster"
     * @throws TrainingStoppedException if it took longer or failed, unless there is a reason of its own
     */
    static <T> T await(Future<T> future, String what) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(2, TimeUnit.MINUTES);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException runtime
                    ? runtime
                    : new TrainingStoppedException(
                            what + " failed: " + e.getCause().getMessage());
        } catch (TimeoutException e) {
            throw new TrainingStoppedException(what + " took more than two minutes");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TrainingStoppedException(what + " was interrupted");
        }
    }
}
