package dev.graft.runtime.vertx.http;

import static dev.graft.runtime.vertx.Futures.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.runtime.vertx.message.Failure;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What attackers and broken clients send. */
class HttpSecurityTest {
    private static final Duration CUT = Duration.ofSeconds(15);

    @TempDir
    private Path folder;

    private final Vertx vertx = Vertx.vertx();
    private final FakeBackend backend = new FakeBackend(vertx);
    private Door door;

    @BeforeEach
    void open() throws Exception {
        door = new Door(vertx, backend, folder, Door.LIMITS);
    }

    @AfterEach
    void close() throws Exception {
        assertEquals(200, door.ask(false, "GET", "/health/live", Map.of(), null).status(), "others are still answered");
        door.close();
        get(vertx.close());
    }

    @Test
    void withoutTheRightKeyNothingIsDone() throws Exception {
        Buffer body = Buffer.buffer("{\"model\":\"base\",\"prompt\":\"p\"}");
        Map<String, String> headers = new HashMap<>(Map.of("Content-Type", "application/json"));
        assertEquals(
                401, door.ask(false, "POST", "/v1/completions", headers, body).status());
        for (String wrong : new String[] {"Bearer graft-x", "Bearer ", "Basic " + door.all, door.all}) {
            headers.put("Authorization", wrong);
            assertEquals(
                    401,
                    door.ask(false, "POST", "/v1/completions", headers, body).status(),
                    wrong);
        }
        headers.put("Authorization", "Bearer " + door.none);
        assertEquals(
                403, door.ask(false, "POST", "/v1/completions", headers, body).status());
        assertTrue(backend.texts.isEmpty());
    }

    @Test
    void aPromptBeyondTheLimitIsRefused() throws Exception {
        Door.Answer answer =
                door.post("/v1/completions", "{\"model\":\"base\",\"prompt\":\"" + "x".repeat(1001) + "\"}");
        assertEquals(400, answer.status());
        assertEquals(
                "context_length_exceeded", answer.json().getJsonObject("error").getString("code"));
    }

    @Test
    void whatFailsInsideIsNotTold() throws Exception {
        backend.failing = Failure.Code.INTERNAL;
        Door.Answer answer = door.post("/v1/completions", "{\"model\":\"base\",\"prompt\":\"p\"}");
        backend.failing = null;
        assertEquals(500, answer.status());
        assertFalse(answer.text().contains("secret"), answer.text());
    }

    @Test
    void anIdOfTheClientsGoesAlongOnlyIfItIsSafe() throws Exception {
        Map<String, String> headers = new HashMap<>(Door.key(door.all));
        headers.put("X-Request-Id", "trace-1.a_b");
        Buffer body = Buffer.buffer("{\"model\":\"base\",\"prompt\":\"p\"}");
        Door.Answer answer = door.ask(false, "POST", "/v1/completions", headers, body);
        assertEquals("trace-1.a_b", answer.headers().get("X-Request-Id"));
        assertEquals("trace-1.a_b", backend.ids.get(0));
        headers.put("X-Request-Id", "a b%0d%0aSet-Cookie: x=y");
        answer = door.ask(false, "POST", "/v1/completions", headers, body);
        assertTrue(answer.headers().get("X-Request-Id").matches("[0-9a-f-]{36}"));
        assertEquals("a?b?c?", Guard.safe("a\nb\u001bc\u00e9"));
    }

    @Test
    void aRawLineBreakOfAHeaderMakesNoHeader() throws Exception {
        String answer = raw("GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Request-Id: a\rSet-Cookie: x=y\r\n"
                + "Connection: close\r\n\r\n");
        assertFalse(answer.toLowerCase().contains("set-cookie"), answer);
    }

    @Test
    void aGigabyteIsRefusedBeforeItIsRead() throws Exception {
        String head = "POST /v1/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                + "Authorization: Bearer " + door.all + "\r\n";
        String answer = raw(head + "Content-Length: 1073741824\r\n\r\n{\"a\":");
        assertTrue(answer.startsWith("HTTP/1.1 413"), answer);
        assertTimeoutPreemptively(CUT, () -> {
            long sent = pour(head + "Transfer-Encoding: chunked\r\n\r\n");
            assertTrue(sent < 64 << 20, sent + " bytes were taken");
        });
    }

    /** Sends chunks until the other side has enough, at most a gigabyte. */
    private long pour(String head) throws IOException {
        byte[] chunk = ("10000\r\n" + "x".repeat(0x10000) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        long sent = 0;
        try (Socket socket = new Socket("127.0.0.1", door.door.port())) {
            OutputStream out = socket.getOutputStream();
            out.write(head.getBytes(StandardCharsets.US_ASCII));
            while (sent < 1L << 30) {
                out.write(chunk);
                sent += chunk.length;
            }
        } catch (SocketException e) {
            // it was cut off, as it should be
        }
        return sent;
    }

    @Test
    void slowClientsAreCut() {
        String head = "POST /v1/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n";
        assertTimeoutPreemptively(CUT, () -> drip("", "G"), "no head");
        assertTimeoutPreemptively(CUT, () -> drip(head, "x"), "a slow head");
        String whole = head + "Authorization: Bearer " + door.all + "\r\nContent-Length: 1000\r\n\r\n";
        assertTimeoutPreemptively(CUT, () -> drip(whole, " "), "a slow body");
    }

    /** Sends a byte each 100 ms until the connection is closed. */
    private void drip(String begin, String drop) throws Exception {
        try (Socket socket = new Socket("127.0.0.1", door.door.port())) {
            socket.setSoTimeout(100);
            OutputStream out = socket.getOutputStream();
            out.write(begin.getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            while (true) {
                try {
                    if (in.read() < 0) {
                        return;
                    }
                } catch (java.net.SocketTimeoutException e) {
                    out.write(drop.getBytes(StandardCharsets.US_ASCII));
                }
            }
        } catch (SocketException e) {
            // cut
        }
    }

    @Test
    void aReaderThatDoesNotReadIsCutAndItsTextEnds() throws Exception {
        String body = "{\"model\":\"base\",\"prompt\":\"flood\",\"stream\":true}";
        try (Socket socket = new Socket("127.0.0.1", door.door.port())) {
            socket.getOutputStream()
                    .write(("POST /v1/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                                    + "Authorization: Bearer " + door.all + "\r\nContent-Length: " + body.length()
                                    + "\r\n\r\n" + body)
                            .getBytes(StandardCharsets.US_ASCII));
            for (int i = 0; i < 600 && backend.cancelled.get() == 0; i++) {
                Thread.sleep(50);
            }
        }
        assertTrue(backend.cancelled.get() > 0, "the text goes on");
    }

    @Test
    void aForeignPageIsNotAnswered() throws Exception {
        Map<String, String> headers = new HashMap<>(Door.key(door.all));
        headers.put("Origin", "http://evil.example");
        assertEquals(
                403,
                door.ask(true, "POST", "/admin/adapters/one/unload", headers, null)
                        .status());
    }

    @Test
    void withoutKeysOnlyThisMachineIsAnswered() {
        assertThrows(
                IllegalArgumentException.class,
                () -> new HttpOptions("0.0.0.0", 0, 0, null, null, null, HttpOptions.Limits.DEFAULT));
    }

    @Test
    void aRateIsKeptForEachClient() {
        long[] now = new long[1];
        Rates rates = new Rates(2, () -> now[0]);
        assertEquals(0, rates.take("a"));
        assertEquals(0, rates.take("a"));
        assertEquals(30, rates.take("a"));
        assertEquals(0, rates.take("b"));
        now[0] = 30_000_000_000L;
        assertEquals(0, rates.take("a"));
    }

    private String raw(String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", door.door.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        } catch (SocketException e) {
            return "cut: " + e.getMessage();
        }
    }
}
