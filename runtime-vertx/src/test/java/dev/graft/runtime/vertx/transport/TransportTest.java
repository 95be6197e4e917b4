package dev.graft.runtime.vertx.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.runtime.vertx.message.Failure;
import dev.graft.runtime.vertx.message.Packet;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls survive what a bus may do to messages, and end clearly where they cannot. */
class TransportTest {
    private static final TransportOptions QUICK = new TransportOptions(1000, 8, 1 << 24, 5, 20, 100, 2000);
    private static final String ADDRESS = "echo";

    private Vertx vertx;

    @BeforeEach
    void start() {
        vertx = Vertx.vertx();
    }

    @AfterEach
    void stop() throws Exception {
        get(vertx.close());
    }

    private static <T> T get(Future<T> future) throws Exception {
        try {
            return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw (Exception) e.getCause();
        }
    }

    private Endpoint endpoint(Faults faults) throws Exception {
        return get(Endpoint.start(vertx, QUICK, faults));
    }

    private static Packet packet(int number, int bytes) {
        byte[] random = new byte[bytes];
        new Random(number).nextBytes(random);
        return new Packet(new JsonObject().put("number", number), List.of(Buffer.buffer(random)));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void everyCallIsServedOnceAndAnsweredWholeWhateverIsLostDoubledDelayedOrDamaged(long seed) throws Exception {
        Endpoint server = endpoint(new Faults(seed, 0.2, 0.2, 0.3, 0.1, 40));
        Endpoint client = endpoint(new Faults(-seed, 0.2, 0.2, 0.3, 0.1, 40));
        Map<Integer, Integer> served = new ConcurrentHashMap<>();
        get(server.serve(ADDRESS, call -> {
            served.merge(call.request().head().getInteger("number"), 1, Integer::sum);
            call.end(call.request());
        }));
        List<Call> calls = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            calls.add(client.call(ADDRESS, packet(i, i * 500), 0));
        }
        for (int i = 0; i < 40; i++) {
            Packet answer = get(calls.get(i).answer());
            assertEquals(packet(i, i * 500).toBuffer(), answer.toBuffer(), "call " + i);
            assertEquals(1, served.get(i), "call " + i);
        }
        assertEquals(0, get(client.open()));
        for (int i = 0; i < 100 && get(server.open()) > 0; i++) {
            Thread.sleep(50);
        }
        assertEquals(0, get(server.open()));
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13})
    void messagesOfAStreamComeInOrderAndNoFasterThanTheyAreRead(long seed) throws Exception {
        Endpoint server = endpoint(new Faults(seed, 0.1, 0.1, 0.2, 0, 20));
        Endpoint client = endpoint(new Faults(-seed, 0.1, 0.1, 0.2, 0, 20));
        AtomicInteger sent = new AtomicInteger();
        AtomicInteger read = new AtomicInteger();
        AtomicInteger ahead = new AtomicInteger();
        get(server.serve(ADDRESS, call -> stream(call, 0, 200, sent)));
        List<Integer> numbers = new CopyOnWriteArrayList<>();
        Call call = client.call(ADDRESS, packet(0, 0), 0, item -> {
            numbers.add(item.head().getInteger("number"));
            ahead.accumulateAndGet(sent.get() - read.incrementAndGet(), Math::max);
            return vertx.timer(1).mapEmpty();
        });
        assertEquals(200, get(call.answer()).head().getInteger("number"));
        for (int i = 0; i < 200; i++) {
            assertEquals(i, numbers.get(i));
        }
        assertEquals(200, numbers.size());
        assertTrue(ahead.get() <= 3 * QUICK.window(), "sent ahead: " + ahead);
    }

    private static void stream(Incoming call, int from, int to, AtomicInteger sent) {
        if (from == to) {
            call.end(packet(to, 10));
            return;
        }
        call.send(packet(from, 10)).onSuccess(nothing -> {
            sent.incrementAndGet();
            stream(call, from + 1, to, sent);
        });
    }

    @Test
    void aFailureIsTheAnswer() throws Exception {
        Endpoint node = endpoint(Faults.NONE);
        get(node.serve(ADDRESS, call -> call.fail(new Failure(Failure.Code.BUSY, "full"))));
        get(node.serve("throws", call -> {
            throw new IllegalArgumentException("odd");
        }));
        Failure busy = assertThrows(
                Failure.class, () -> get(node.call(ADDRESS, packet(1, 1), 0).answer()));
        assertEquals(Failure.Code.BUSY, busy.code());
        assertEquals("full", busy.getMessage());
        Failure odd = assertThrows(
                Failure.class, () -> get(node.call("throws", packet(1, 1), 0).answer()));
        assertEquals(Failure.Code.INTERNAL, odd.code());
    }

    @Test
    void anAddressThatNobodyServesIsSaidSo() throws Exception {
        Endpoint node = endpoint(Faults.NONE);
        Failure failure = assertThrows(
                Failure.class, () -> get(node.call("nobody", packet(1, 1), 0).answer()));
        assertEquals(Failure.Code.NOT_FOUND, failure.code());
        assertTrue(failure.getMessage().contains("nobody"));
    }

    @Test
    void cancelledAndLateWorkIsToldToStop() throws Exception {
        Endpoint node = endpoint(Faults.NONE);
        CountDownLatch begun = new CountDownLatch(2);
        CountDownLatch stopped = new CountDownLatch(2);
        get(node.serve(ADDRESS, call -> {
            call.onStop(stopped::countDown);
            begun.countDown();
        }));
        Call late = node.call(ADDRESS, packet(1, 1), 200);
        Call cancelled = node.call(ADDRESS, packet(2, 1), 0);
        assertTrue(begun.await(5, TimeUnit.SECONDS));
        cancelled.cancel();
        assertEquals(
                Failure.Code.CANCELLED,
                assertThrows(Failure.class, () -> get(cancelled.answer())).code());
        assertEquals(
                Failure.Code.DEADLINE,
                assertThrows(Failure.class, () -> get(late.answer())).code());
        assertTrue(stopped.await(5, TimeUnit.SECONDS));
    }

    @Test
    void aServerThatDiesIsNoticedAndOneThatComputesLongIsNot() throws Exception {
        Endpoint server = endpoint(Faults.NONE);
        Endpoint client = endpoint(Faults.NONE);
        get(server.serve(ADDRESS, call -> vertx.setTimer(3000, id -> call.end(call.request()))));
        get(server.serve("hangs", call -> {}));
        Call slow = client.call(ADDRESS, packet(1, 1), 0);
        Call hanging = client.call("hangs", packet(1, 1), 0);
        assertEquals(1, get(slow.answer()).head().getInteger("number"));
        get(server.close());
        assertEquals(
                Failure.Code.UNREACHABLE,
                assertThrows(Failure.class, () -> get(hanging.answer())).code());
    }

    @Test
    void aRequestWhoseServerDiesIsAnsweredByAnotherUnlessItsStreamHasBegun() throws Exception {
        Endpoint dying = endpoint(Faults.NONE);
        Endpoint other = endpoint(Faults.NONE);
        Endpoint client = endpoint(Faults.NONE);
        CountDownLatch taken = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        get(dying.serve(ADDRESS, call -> taken.countDown()));
        get(dying.serve("stream", call -> call.send(packet(0, 10))));
        Call whole = client.callRepeatably(ADDRESS, packet(7, 10), 0);
        Call streamed = client.callRepeatably("stream", packet(8, 10), 0, item -> {
            begun.countDown();
            return Future.succeededFuture();
        });
        assertTrue(taken.await(5, TimeUnit.SECONDS) && begun.await(5, TimeUnit.SECONDS));
        get(dying.close());
        get(other.serve(ADDRESS, call -> call.end(call.request())));
        get(other.serve("stream", call -> call.end(call.request())));
        assertEquals(7, get(whole.answer()).head().getInteger("number"));
        assertEquals(
                Failure.Code.UNREACHABLE,
                assertThrows(Failure.class, () -> get(streamed.answer())).code());
    }

    @Test
    void aMessageBeyondTheLimitIsRefused() throws Exception {
        TransportOptions small = new TransportOptions(1000, 8, 5000, 5, 20, 100, 2000);
        Endpoint server = get(Endpoint.start(vertx, small, Faults.NONE));
        Endpoint client = endpoint(Faults.NONE);
        get(server.serve(ADDRESS, call -> call.end(call.request())));
        Failure failure = assertThrows(
                Failure.class,
                () -> get(client.call(ADDRESS, packet(1, 20_000), 0).answer()));
        assertTrue(failure.getMessage().contains("5000"), failure.getMessage());
    }

    @Test
    void callsOfManyThreadsKeepApart() throws Exception {
        Endpoint node = endpoint(Faults.NONE);
        get(node.serve(ADDRESS, call -> call.end(call.request())));
        List<Thread> threads = new ArrayList<>();
        Map<Integer, Buffer> answers = new ConcurrentHashMap<>();
        for (int t = 0; t < 4; t++) {
            int first = t * 100;
            threads.add(new Thread(() -> {
                for (int i = first; i < first + 100; i++) {
                    try {
                        answers.put(
                                i,
                                get(node.call(ADDRESS, packet(i, 50), 0).answer())
                                        .toBuffer());
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(400, answers.size());
        answers.forEach((i, answer) -> assertEquals(packet(i, 50).toBuffer(), answer));
    }
}
