package dev.graft.runtime.vertx.transport;

import dev.graft.runtime.vertx.message.Failure;
import dev.graft.runtime.vertx.message.Packet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A node's end of all its calls. One event loop does its work; handlers and answers run there too and must not block.
 * Calls and answers may be given from any thread.
 */
public final class Endpoint {
    private static final String INBOX = "graft.1.inbox.";

    private final Vertx vertx;
    private final TransportOptions options;
    private final Faults faults;
    private final long node = new SecureRandom().nextLong();
    private final String inbox = INBOX + "%016x".formatted(node);
    private final Map<CallId, Exchange> asked = new HashMap<>();
    private final Map<CallId, Exchange> served = new HashMap<>();
    private final Recent recent = new Recent();

    private Context context;
    private String deployment;
    private long count;

    private Endpoint(Vertx vertx, TransportOptions options, Faults faults) {
        this.vertx = vertx;
        this.options = options;
        this.faults = faults;
    }

    /** Starts an endpoint. */
    public static Future<Endpoint> start(Vertx vertx) {
        return start(vertx, TransportOptions.DEFAULT, Faults.NONE);
    }

    /** Starts an endpoint whose outgoing frames meet faults, for tests. */
    public static Future<Endpoint> start(Vertx vertx, TransportOptions options, Faults faults) {
        Endpoint endpoint = new Endpoint(vertx, options, faults);
        try {
            vertx.eventBus().registerDefaultCodec(Frame.class, new FrameCodec());
        } catch (IllegalStateException e) {
            // another endpoint of this node registered it
        }
        return vertx.deployVerticle(endpoint.new Loop()).map(id -> {
            endpoint.deployment = id;
            return endpoint;
        });
    }

    /** The event loop with the inbox and the clock. */
    private final class Loop extends VerticleBase {
        private long timer;

        @Override
        public Future<?> start() {
            Endpoint.this.context = context;
            timer = vertx.setPeriodic(options.tickMillis(), id -> tick());
            MessageConsumer<Frame> consumer = vertx.eventBus().consumer(inbox, message -> inboxed(message.body()));
            return consumer.completion();
        }

        @Override
        public Future<?> stop() {
            vertx.cancelTimer(timer);
            all().forEach(call -> call.breakOff(new Failure(Failure.Code.CANCELLED, "this node is closing")));
            return Future.succeededFuture();
        }
    }

    /** Milliseconds of a clock that only goes forward. */
    public long now() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    TransportOptions options() {
        return options;
    }

    String inbox() {
        return inbox;
    }

    /** Runs on the event loop, at once if this is it. */
    void run(Runnable task) {
        if (Vertx.currentContext() == context) {
            task.run();
        } else {
            context.runOnContext(nothing -> task.run());
        }
    }

    /** Asks and expects one answer within some milliseconds; 0 for no limit. */
    public Call call(String address, Packet request, long deadlineMillis) {
        return call(address, request, deadlineMillis, item -> Future.succeededFuture());
    }

    /**
     * Asks and expects several messages.
     *
     * @param items hears of all but the last, in their order, on the event loop; the other end may send more when what it
     *     returns is complete
     */
    public Call call(String address, Packet request, long deadlineMillis, Function<Packet, Future<Void>> items) {
        CallId id;
        synchronized (this) {
            id = new CallId(node, count++);
        }
        ClientCall call = new ClientCall(this, id, address, deadlineMillis, items);
        run(() -> {
            asked.put(id, call);
            call.add(request, Frame.LAST_OF_CALL);
        });
        return call;
    }

    /**
     * Asks as {@link #call} does, and asks again, another node if there is one, when the node that took the request is not
     * heard of any more. For requests that may be done twice.
     */
    public Call callRepeatably(
            String address, Packet request, long deadlineMillis, Function<Packet, Future<Void>> items) {
        return new RepeatableCall(this, address, request, deadlineMillis, items);
    }

    /** The same for a request with one answer. */
    public Call callRepeatably(String address, Packet request, long deadlineMillis) {
        return callRepeatably(address, request, deadlineMillis, item -> Future.succeededFuture());
    }

    /**
     * Serves an address. Where several endpoints serve it, each call reaches one of them.
     *
     * @param handler runs on the event loop, once a call
     * @return complete when the cluster knows it; its value ends the service
     */
    public Future<Runnable> serve(String address, Consumer<Incoming> handler) {
        Promise<Runnable> served = Promise.promise();
        run(() -> {
            MessageConsumer<Frame> consumer = vertx.eventBus().consumer(address, message -> opened(message, handler));
            consumer.completion()
                    .<Runnable>map(known -> () -> consumer.unregister())
                    .onComplete(served);
        });
        return served.future();
    }

    private void opened(Message<Frame> message, Consumer<Incoming> handler) {
        Frame frame = message.body();
        if (frame == null || !frame.intact()) {
            return; // it is sent again
        }
        Exchange known = served.get(frame.call());
        if (known == null && recent.has(frame.call())) {
            return; // it was answered, and the caller had the answer or gave up
        }
        if (known == null) {
            known = new ServerCall(this, frame, handler);
            served.put(frame.call(), known);
        }
        known.frame(frame);
    }

    private void inboxed(Frame frame) {
        if (frame == null || !frame.intact()) {
            return;
        }
        boolean toCaller = frame.has(Frame.TO_CALLER);
        Exchange call = (toCaller ? asked : served).get(frame.call());
        if (call != null) {
            call.frame(frame);
        } else if (frame.kind() != Frame.Kind.GONE && frame.kind() != Frame.Kind.CANCEL) {
            Frame gone = Frame.of(
                    Frame.Kind.GONE, frame.call(), inbox, 0, toCaller ? 0 : Frame.TO_CALLER, 0, 0, 0, 0, new byte[0]);
            send(frame.from(), gone);
        }
    }

    private void tick() {
        long now = now();
        for (Exchange call : all()) {
            if (!call.over()) {
                call.passed(now);
            }
        }
    }

    private List<Exchange> all() {
        List<Exchange> all = new ArrayList<>(asked.values());
        all.addAll(served.values());
        return all;
    }

    void send(String to, Frame frame) {
        faults.pass(
                frame, (each, millis) -> later(millis, () -> vertx.eventBus().send(to, each)));
    }

    /** Sends a first chunk; the future fails if nobody serves the address. */
    Future<Void> open(String address, Frame frame) {
        Promise<Void> failed = Promise.promise();
        DeliveryOptions waits = new DeliveryOptions().setSendTimeout(Math.max(1, options.repeatMillis()));
        faults.pass(
                frame,
                (each, millis) -> later(
                        millis,
                        () -> vertx.eventBus().request(address, each, waits).onFailure(e -> {
                            if (Nobody.serves(e)) {
                                failed.tryFail(e);
                            }
                        })));
        return failed.future();
    }

    /** Runs after some milliseconds, on the event loop if it is called there. */
    void later(long millis, Runnable task) {
        if (millis == 0) {
            task.run();
        } else {
            vertx.setTimer(millis, id -> task.run());
        }
    }

    void forget(Exchange call) {
        if (!asked.remove(call.id(), call) && served.remove(call.id(), call)) {
            recent.add(call.id());
        }
    }

    /** Calls that are under way at this node, of both ends. */
    public Future<Integer> open() {
        Promise<Integer> open = Promise.promise();
        run(() -> open.complete(asked.size() + served.size()));
        return open.future();
    }

    /** Ends all calls and the services. One that a verticle started ended before the verticle. */
    public Future<Void> close() {
        return vertx.deploymentIDs().contains(deployment) ? vertx.undeploy(deployment) : Future.succeededFuture();
    }
}
