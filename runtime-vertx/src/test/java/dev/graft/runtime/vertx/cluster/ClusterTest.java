package dev.graft.runtime.vertx.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.graft.runtime.vertx.message.Failure;
import dev.graft.runtime.vertx.message.Packet;
import dev.graft.runtime.vertx.transport.Endpoint;
import dev.graft.runtime.vertx.transport.Faults;
import dev.graft.runtime.vertx.transport.TransportOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Nodes join by their list of members and call each other; with TLS, a node of another authority is not heard. */
class ClusterTest {
    private final List<Vertx> nodes = new ArrayList<>();

    @AfterEach
    void stop() throws Exception {
        for (Vertx node : nodes) {
            get(node.close());
        }
    }

    private static <T> T get(Future<T> future) throws Exception {
        try {
            return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw (Exception) e.getCause();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private Vertx join(int port, List<Integer> members, BusTls tls) throws Exception {
        ClusterOptions options = new ClusterOptions(
                "test-" + members.get(0),
                "127.0.0.1",
                port,
                0,
                members.stream().map(member -> "127.0.0.1:" + member).toList(),
                tls);
        Vertx node = get(Cluster.join(options, new VertxOptions()));
        nodes.add(node);
        return node;
    }

    private static Packet big() {
        byte[] bytes = new byte[9_000_000];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i * 31 >> 3);
        }
        return new Packet(new JsonObject().put("a", "b"), List.of(Buffer.buffer(bytes)));
    }

    private static void callAcross(Endpoint from) throws Exception {
        assertEquals(
                big().toBuffer(), get(from.call("echo", big(), 30_000).answer()).toBuffer());
    }

    @Test
    void aLargeMessageCrossesTheCluster() throws Exception {
        List<Integer> ports = List.of(freePort(), freePort());
        Endpoint one = get(Endpoint.start(join(ports.get(0), ports, null)));
        Endpoint two = get(Endpoint.start(join(ports.get(1), ports, null)));
        get(one.serve("echo", call -> call.end(call.request())));
        callAcross(two);
    }

    @Test
    void aNodeOfOurAuthorityIsAnsweredAndOthersAreNot() throws Exception {
        BusTls ours = TestCertificates.of("ours");
        List<Integer> ports = List.of(freePort(), freePort(), freePort(), freePort());
        Endpoint server = get(Endpoint.start(join(ports.get(0), ports, ours)));
        AtomicInteger reached = new AtomicInteger();
        get(server.serve("echo", call -> {
            reached.incrementAndGet();
            call.end(call.request());
        }));
        for (BusTls tls : new BusTls[] {TestCertificates.of("theirs"), null}) {
            Vertx stranger = join(ports.get(tls == null ? 1 : 2), ports, tls);
            Endpoint endpoint = get(Endpoint.start(stranger, TransportOptions.DEFAULT.withPatience(1500), Faults.NONE));
            assertThrows(
                    Failure.class, () -> get(endpoint.call("echo", big(), 1500).answer()));
        }
        assertEquals(0, reached.get(), "a stranger's call was served");
        callAcross(get(Endpoint.start(join(ports.get(3), ports, ours))));
        assertEquals(1, reached.get());
    }
}
