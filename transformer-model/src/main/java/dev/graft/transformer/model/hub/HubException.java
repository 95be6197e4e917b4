package dev.graft.transformer.model.hub;

import java.io.IOException;

/** A hub did not answer, or answered with what cannot be right; the message says what and where. */
public final class HubException extends IOException {
    private static final long serialVersionUID = 1L;

    HubException(String message) {
        super(message);
    }

    HubException(String message, Throwable cause) {
        super(message, cause);
    }
}
