package dev.graft.runtime.vertx.transport;

import dev.graft.runtime.vertx.message.Failure;
import dev.graft.runtime.vertx.message.Packet;
import io.vertx.core.Future;

/** A call that came in. Its handler runs on the event loop of the endpoint; all methods are safe from any thread. */
public interface Incoming {
    /** Number of the call, for logs. */
    String callId();

    /** What is asked. */
    Packet request();

    /** When it must be done, on {@link Endpoint#now}'s clock; {@link Long#MAX_VALUE} for no limit. */
    long deadline();

    /**
     * Sends one of several messages.
     *
     * @return complete when all of it is on its way: who waits for it never fills memory; failed if the call is over
     */
    Future<Void> send(Packet item);

    /** Sends the last message. Where the call is over it does nothing. */
    void end(Packet answer);

    /** Ends the call with a reason instead. */
    void fail(Failure failure);

    /** Says what to do where the caller gives up, is not heard of any more, or the time is over; at once if it is so. */
    void onStop(Runnable stop);
}
