package dev.graft.runtime.vertx.transport;

import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;

/** Tells that an address has no consumer from a message that was lost. */
final class Nobody {
    private Nobody() {}

    static boolean serves(Throwable thrown) {
        return thrown instanceof ReplyException reply && reply.failureType() == ReplyFailure.NO_HANDLERS;
    }
}
