package dev.graft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.runtime.vertx.client.ModelClient;
import dev.graft.runtime.vertx.cluster.Cluster;
import dev.graft.runtime.vertx.cluster.ClusterOptions;
import dev.graft.runtime.vertx.message.Failure;
import dev.graft.runtime.vertx.message.RowsAnswer;
import dev.graft.runtime.vertx.transport.Endpoint;
import dev.graft.runtime.vertx.transport.Faults;
import dev.graft.runtime.vertx.transport.TransportOptions;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A model that one process serves is asked by another, until it is ended or dies. */
@DisabledOnOs(OS.WINDOWS)
class ServeCommandTest {
    private static final List<String> TEXTS = List.of("the boat is on the lake", "a hill");

    @TempDir
    Path folder;

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static Map<String, Buffer> adapterFiles() throws IOException {
        Map<String, Buffer> files = new LinkedHashMap<>();
        try (Stream<Path> all = Files.list(Workspace.ADAPTER)) {
            for (Path file : all.filter(
                            each -> each.getFileName().toString().matches("(adapter_.*|graft)\\.(json|safetensors)"))
                    .toList()) {
                files.put(file.getFileName().toString(), Buffer.buffer(Files.readAllBytes(file)));
            }
        }
        return files;
    }

    private Process serve(int port, Path log) throws Exception {
        Process process = Subprocess.start(
                log,
                "true",
                "serve",
                "--base",
                Workspace.BASE,
                "--name",
                "tiny",
                "--adapters",
                folder.resolve("adapters"),
                "--cluster",
                "--cluster-port",
                port);
        for (int i = 0; i < 600 && !Files.readString(log).contains("graft: ready"); i++) {
            assertTrue(process.isAlive(), Files.readString(log));
            Thread.sleep(100);
        }
        return process;
    }

    @Test
    void anotherProcessPublishesAndAsksAndTheEndIsClean() throws Exception {
        int port = freePort();
        Path log = folder.resolve("log");
        Process process = serve(port, log);
        Vertx vertx = Waiting.value(
                Cluster.join(ClusterOptions.loopback(freePort(), List.of("127.0.0.1:" + port)), new VertxOptions()));
        try {
            Endpoint endpoint =
                    Waiting.value(Endpoint.start(vertx, TransportOptions.DEFAULT.withPatience(3000), Faults.NONE));
            ModelClient client = new ModelClient(endpoint, "tiny", 30_000);
            String version =
                    Waiting.value(client.publish("boats", adapterFiles())).id();
            RowsAnswer answer = Waiting.value(client.classify("boats", TEXTS));
            assertEquals(version, answer.adapter());
            assertEquals(2, answer.values().size());
            process.destroy();
            assertTrue(process.waitFor(60, TimeUnit.SECONDS), Files.readString(log));
            assertTrue(Files.readString(log).lines().noneMatch(line -> line.contains("\tat ")), Files.readString(log));
            IOException gone = assertThrows(
                    IOException.class,
                    () -> Waiting.value(new ModelClient(endpoint, "tiny", 8000).classify("boats", TEXTS)));
            assertTrue(
                    ((Failure) gone.getCause()).code() != Failure.Code.INTERNAL,
                    gone.getCause().toString());
        } finally {
            process.destroyForcibly();
            Waiting.value(vertx.close());
        }
    }

    @Test
    void aCheckStartsAndEnds() throws IOException {
        Object[] words = {"serve", "--check", "--base", Workspace.BASE, "--adapters", folder.resolve("a")};
        Graft done = Graft.run(words).done();
        assertTrue(done.err().contains("gave a vector of 32 numbers"), done.err());
    }

    @Test
    void whatIsWrongIsSaidBeforeAnythingIsOpened() throws IOException {
        assertEquals(2, Graft.run("serve").code());
        for (Object[] more : new Object[][] {
            {"--cluster-key", folder.resolve("none")},
            {"--cluster", "--cluster-key", folder.resolve("none")},
            {"--queue", 0},
            {"--cluster", "--cluster-port", 70_000}
        }) {
            Object[] words = Stream.concat(
                            Stream.of("serve", "--base", Workspace.BASE, "--adapters", folder.resolve("a")),
                            Stream.of(more))
                    .toArray();
            assertEquals(2, Graft.run(words).code(), Graft.run(words).err());
        }
    }
}
