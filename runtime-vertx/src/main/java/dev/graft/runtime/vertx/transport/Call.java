package dev.graft.runtime.vertx.transport;

import dev.graft.runtime.vertx.message.Packet;
import io.vertx.core.Future;

/** A call that was made. */
public interface Call {
    /**
     * The last message of the other end. It fails with {@link dev.graft.runtime.vertx.message.Failure}; it is completed on
     * the event loop of the endpoint, which must not be blocked.
     */
    Future<Packet> answer();

    /** Gives up: the other end is told to stop, and the answer fails as cancelled. Safe from any thread. */
    void cancel();
}
