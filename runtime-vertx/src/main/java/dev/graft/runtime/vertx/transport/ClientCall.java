package dev.graft.runtime.vertx.transport;

import dev.graft.runtime.vertx.message.Failure;
import dev.graft.runtime.vertx.message.Packet;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.Function;

/** The asking end of a call. */
final class ClientCall extends Exchange implements Call {
    /** Nobody serves an address: asked again for so long, since a subscription takes a moment to be known. */
    private static final long NOBODY_MILLIS = 1000;

    private final String address;
    private final long until;
    private final long begun;
    private final Function<Packet, Future<Void>> items;
    private final Promise<Packet> answer = Promise.promise();

    ClientCall(
            Endpoint endpoint, CallId id, String address, long deadlineMillis, Function<Packet, Future<Void>> items) {
        super(endpoint, id, 0, null, 1);
        this.address = address;
        this.begun = endpoint.now();
        this.until = deadlineMillis == 0 ? Long.MAX_VALUE : begun + deadlineMillis;
        this.items = items;
    }

    @Override
    public Future<Packet> answer() {
        return answer.future();
    }

    @Override
    public void cancel() {
        endpoint().run(() -> giveUp(new Failure(Failure.Code.CANCELLED, "the caller gave up")));
    }

    private void giveUp(Failure failure) {
        if (!over()) {
            if (peer() != null) {
                endpoint().send(peer(), bare(Frame.Kind.CANCEL));
            }
            breakOff(failure);
        }
    }

    @Override
    Future<Void> message(Packet packet, boolean last, boolean failed) {
        if (!last) {
            return items.apply(packet);
        }
        if (failed) {
            answer.tryFail(Failure.of(packet.head()));
        } else {
            answer.tryComplete(packet);
        }
        return Future.succeededFuture();
    }

    @Override
    void broken(Failure failure) {
        answer.tryFail(failure);
    }

    @Override
    void open(Frame frame) {
        endpoint().open(address, frame).onFailure(nobody -> {
            if (!over() && peer() == null && endpoint().now() - begun > NOBODY_MILLIS) {
                breakOff(new Failure(Failure.Code.NOT_FOUND, "nobody serves " + address));
            }
        });
    }

    @Override
    long deadline() {
        return until == Long.MAX_VALUE ? 0 : Math.max(1, until - endpoint().now());
    }

    @Override
    boolean done() {
        return in().ended();
    }

    @Override
    void tick(long now) {
        if (now >= until) {
            giveUp(new Failure(Failure.Code.DEADLINE, address + " did not answer within " + (until - begun) + " ms"));
        } else {
            askNow(now);
        }
    }
}
