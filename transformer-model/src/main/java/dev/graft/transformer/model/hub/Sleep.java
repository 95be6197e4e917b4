package dev.graft.transformer.model.hub;

import java.io.InterruptedIOException;

/** Waits, and says as an I/O error that the thread was told to stop. */
final class Sleep {
    private Sleep() {}

    static void of(long milliseconds) throws InterruptedIOException {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("told to stop");
        }
    }
}
