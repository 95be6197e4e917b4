package dev.graft.runtime.vertx.transport;

import dev.graft.runtime.vertx.message.Failure;
import dev.graft.runtime.vertx.message.Packet;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.Function;

/**
 * A call that is made again when the node that took it is not heard of any more, so that another node can answer. Not
 * once a message of it was handed on: the reader would see a beginning twice.
 */
final class RepeatableCall implements Call {
    /** Times that it is made at most; nodes that die one after the other are not asked without end. */
    private static final int MOST = 4;

    private final Endpoint endpoint;
    private final String address;
    private final Packet request;
    private final long until;
    private final Function<Packet, Future<Void>> items;
    private final Promise<Packet> answer = Promise.promise();
    // these change on the endpoint's event loop only
    private Call current;
    private int made;
    private boolean begun;
    private boolean cancelled;

    RepeatableCall(
            Endpoint endpoint,
            String address,
            Packet request,
            long deadlineMillis,
            Function<Packet, Future<Void>> items) {
        this.endpoint = endpoint;
        this.address = address;
        this.request = request;
        this.until = deadlineMillis == 0 ? Long.MAX_VALUE : endpoint.now() + deadlineMillis;
        this.items = items;
        endpoint.run(this::make);
    }

    private void make() {
        if (cancelled) {
            answer.tryFail(new Failure(Failure.Code.CANCELLED, "the caller gave up"));
            return;
        }
        made++;
        long left = until == Long.MAX_VALUE ? 0 : Math.max(1, until - endpoint.now());
        current = endpoint.call(address, request, left, item -> {
            begun = true;
            return items.apply(item);
        });
        current.answer().onSuccess(answer::tryComplete).onFailure(this::failed);
    }

    private void failed(Throwable thrown) {
        boolean lost = Failure.of(thrown).code() == Failure.Code.UNREACHABLE;
        if (lost && !begun && !cancelled && made < MOST && endpoint.now() < until) {
            endpoint.later(endpoint.options().repeatMillis(), this::make);
        } else {
            answer.tryFail(thrown);
        }
    }

    @Override
    public Future<Packet> answer() {
        return answer.future();
    }

    @Override
    public void cancel() {
        endpoint.run(() -> {
            cancelled = true;
            current.cancel();
        });
    }
}
