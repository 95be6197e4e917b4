package dev.graft.runtime.vertx.transport;

import dev.graft.runtime.vertx.message.Failure;
import dev.graft.runtime.vertx.message.Packet;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The answering end of a call. */
final class ServerCall extends Exchange implements Incoming {
    private final Consumer<Incoming> handler;
    private final long until;
    private final List<Runnable> stops = new ArrayList<>();
    private Failure stopped;
    private Packet request;

    ServerCall(Endpoint endpoint, Frame open, Consumer<Incoming> handler) {
        super(endpoint, open.call(), Frame.TO_CALLER, open.from(), open.limit());
        this.handler = handler;
        this.until = open.deadline() == 0 ? Long.MAX_VALUE : endpoint.now() + open.deadline();
    }

    @Override
    public String callId() {
        return id().toString();
    }

    @Override
    public Packet request() {
        return request;
    }

    @Override
    public long deadline() {
        return until;
    }

    @Override
    public Future<Void> send(Packet item) {
        return queue(item, 0);
    }

    @Override
    public void end(Packet answer) {
        queue(answer, Frame.LAST_OF_CALL);
    }

    @Override
    public void fail(Failure failure) {
        queue(new Packet(failure.toJson()), Frame.LAST_OF_CALL | Frame.FAILED);
    }

    private Future<Void> queue(Packet packet, int flags) {
        Promise<Void> sent = Promise.promise();
        endpoint().run(() -> {
            if (out().closed() || over()) {
                sent.tryFail(stopped == null ? new Failure(Failure.Code.CANCELLED, "the call is over") : stopped);
                return;
            }
            if ((flags & Frame.LAST_OF_CALL) != 0) {
                stops.clear();
            }
            add(packet, flags).onComplete(sent);
        });
        return sent.future();
    }

    @Override
    public void onStop(Runnable stop) {
        endpoint().run(() -> {
            if (stopped != null) {
                stop.run();
            } else {
                stops.add(stop);
            }
        });
    }

    @Override
    Future<Void> message(Packet packet, boolean last, boolean failed) {
        if (failed) {
            fail(Failure.of(packet.head()));
            return Future.succeededFuture();
        }
        request = packet;
        try {
            handler.accept(this);
        } catch (RuntimeException e) {
            fail(Failure.of(e));
        }
        return Future.succeededFuture();
    }

    @Override
    void broken(Failure failure) {
        stopped = failure;
        List.copyOf(stops).forEach(Runnable::run);
        stops.clear();
    }

    @Override
    void open(Frame frame) {
        throw new IllegalStateException("the caller of " + id() + " is known");
    }

    @Override
    boolean done() {
        return out().finished();
    }

    @Override
    void tick(long now) {
        if (now >= until && !out().closed()) {
            Failure late = new Failure(Failure.Code.DEADLINE, "the call was not done in its time");
            List<Runnable> running = List.copyOf(stops);
            fail(late);
            stopped = late;
            running.forEach(Runnable::run);
        }
    }
}
