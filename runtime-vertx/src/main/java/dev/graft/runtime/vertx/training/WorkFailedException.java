package dev.graft.runtime.vertx.training;

/** Work failed on several workers, so it is not their fault. */
final class WorkFailedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    WorkFailedException(String message) {
        super(message);
    }
}
