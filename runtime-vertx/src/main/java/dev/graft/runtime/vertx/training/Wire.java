package dev.graft.runtime.vertx.training;

import dev.graft.runtime.vertx.message.Failure;
import dev.graft.runtime.vertx.message.Failure.Code;
import dev.graft.runtime.vertx.transport.Endpoint;
import dev.graft.runtime.vertx.transport.Incoming;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * Questions and answers of the training service, over an {@link Endpoint}. Where nobody is there, or somebody vanished, it
 * is asked again until the patience is over, perhaps of somebody else: who answers must not mind being asked twice.
 */
final class Wire {
    private static final Set<Code> AGAIN = Set.of(Code.UNREACHABLE, Code.NOT_FOUND, Code.BUSY);
    private static final long PAUSE_MS = 200;
    private static final long MOST_MINUTES = 5;

    private final Vertx vertx;
    private final Endpoint endpoint;

    Wire(Vertx vertx, Endpoint endpoint) {
        this.vertx = vertx;
        this.endpoint = endpoint;
    }

    Vertx vertx() {
        return vertx;
    }

    /** Asks until there is an answer, or the patience is over; fails with a {@link Failure}. */
    Future<Parcel> ask(String address, Parcel question, Duration patience) {
        Promise<Parcel> promise = Promise.promise();
        attempt(address, question, System.nanoTime() + patience.toNanos(), promise);
        return promise.future();
    }

    /** Asks one that either is there or has nothing to do with it any more: it is not asked again. */
    Future<Parcel> askOnce(String address, Parcel question, Duration patience) {
        return endpoint.call(address, question.packet(), patience.toMillis())
                .answer()
                .map(Parcel::of);
    }

    private void attempt(String address, Parcel question, long until, Promise<Parcel> promise) {
        long left = Math.max(1, TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime()));
        endpoint.call(address, question.packet(), left).answer().onComplete(done -> {
            if (done.succeeded()) {
                promise.complete(Parcel.of(done.result()));
                return;
            }
            Failure failure = Failure.of(done.cause());
            if (!AGAIN.contains(failure.code()) || System.nanoTime() > until) {
                promise.fail(failure);
            } else {
                vertx.setTimer(PAUSE_MS, id -> attempt(address, question, until, promise));
            }
        });
    }

    /** Waits for an answer; not on an event loop. */
    static Parcel await(Future<Parcel> answer) throws InterruptedException {
        try {
            return answer.toCompletionStage().toCompletableFuture().get(MOST_MINUTES, TimeUnit.MINUTES);
        } catch (ExecutionException e) {
            throw Failure.of(e.getCause());
        } catch (TimeoutException e) {
            throw new Failure(Code.DEADLINE, "there was no answer in " + MOST_MINUTES + " minutes");
        }
    }

    /**
     * Answers questions at an address.
     *
     * @param answer gives the answer, or fails; runs on an event loop
     * @return complete when the cluster knows it; its value ends it
     */
    Future<Runnable> serve(String address, Function<Parcel, Future<Parcel>> answer) {
        return endpoint.serve(address, incoming -> answer(incoming, answer));
    }

    private static void answer(Incoming incoming, Function<Parcel, Future<Parcel>> answer) {
        try {
            answer.apply(Parcel.of(incoming.request()))
                    .onSuccess(done -> incoming.end(done.packet()))
                    .onFailure(e -> incoming.fail(Failure.of(e)));
        } catch (RuntimeException e) {
            incoming.fail(Failure.of(e));
        }
    }

    /** Tells everybody who listens, once; it may be lost. */
    void publish(String address, JsonObject event) {
        vertx.eventBus().publish(address, event);
    }
}
