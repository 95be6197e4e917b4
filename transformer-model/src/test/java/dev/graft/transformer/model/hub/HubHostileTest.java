package dev.graft.transformer.model.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.transformer.model.hub.FakeHub.Reply;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Networks that break, and hubs that lie: an error, and nothing half-done but what the next attempt goes on from. */
class HubHostileTest {
    private static final HubRepository TINY = HubRepository.parse(FakeHub.REPOSITORY);
    private static final String WEIGHTS = "/large/model.safetensors";
    private static final int SIZE = 500_000;

    @TempDir
    Path cache;

    private FakeHub server;

    @BeforeEach
    void open() throws IOException {
        server = new FakeHub();
        server.put("config.json", "{\"model_type\": \"bert\"}");
        byte[] bytes = new byte[SIZE];
        new Random(1).nextBytes(bytes);
        server.files.put("model.safetensors", bytes);
    }

    @AfterEach
    void close() {
        server.close();
    }

    private Hub.Snapshot pull() throws IOException {
        return new Hub(server.settings(cache)).pull(TINY, List.of(), PullProgress.NONE);
    }

    private void assertPulled() throws IOException {
        Path file = pull().directory().resolve("model.safetensors");
        assertArrayEquals(server.files.get("model.safetensors"), Files.readAllBytes(file));
        assertFalse(Files.exists(incomplete()));
    }

    private Path blob() {
        return cache.resolve("models--org--tiny/blobs").resolve(server.etag("model.safetensors"));
    }

    private Path incomplete() {
        return blob().resolveSibling(blob().getFileName() + ".incomplete");
    }

    private String refused(String method, String file, UnaryOperator<Reply> lie) throws IOException {
        server.misbehave(method, file, lie);
        String message = assertThrows(HubException.class, this::pull).getMessage();
        assertFalse(Files.exists(blob()), "a file that cannot be right was kept");
        assertNull(new Hub(server.settings(cache)).find(TINY), "half a model can be named");
        assertFalse(message.contains("hf_secret"), message);
        return message;
    }

    private static void assertSays(String message, String... parts) {
        for (String part : parts) {
            assertTrue(message.contains(part), "no '" + part + "' in: " + message);
        }
    }

    @Test
    void aCutConnectionIsTakenUpWhereItBroke() throws IOException {
        server.misbehave("GET", WEIGHTS, good -> good.cutAfter(200_000));
        assertPulled();
        assertEquals(
                Arrays.asList(null, "bytes=200000-", "bytes=400000-"),
                server.asked("GET", WEIGHTS).stream()
                        .map(request -> request.headers().get("range"))
                        .toList());
    }

    @Test
    void aServerThatOnlyEverBreaksIsGivenUpAndTheNextProcessGoesOn() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        String message = refused("GET", WEIGHTS, good -> good.cutAfter(asked.getAndIncrement() == 0 ? 100_000 : 10));
        assertSays(message, "tried", "HF_HUB_OFFLINE=1");
        assertTrue(asked.get() < 10, asked.toString());
        long kept = Files.size(incomplete());
        assertEquals(100_000 + 10L * (asked.get() - 1), kept);
        server.misbehave("none", "", good -> good);
        server.requests.clear();
        assertPulled();
        assertEquals(
                "bytes=" + kept + "-",
                server.asked("GET", WEIGHTS).get(0).headers().get("range"));
    }

    @Test
    void aServerThatKnowsNoRangesBeginsAgain() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        byte[] all = server.files.get("model.safetensors");
        server.misbehave("GET", WEIGHTS, good -> {
            Reply whole = new Reply(200, Map.of("Content-Length", "" + SIZE), all);
            return asked.getAndIncrement() == 0 ? whole.cutAfter(300_000) : whole;
        });
        assertPulled();
        assertEquals(2, asked.get());
    }

    @Test
    void silenceIsNotWaitedForForever() throws IOException {
        server.misbehave("GET", WEIGHTS, good -> good.cutAfter(1000).silentFor(60_000));
        HubSettings settings = server.settings(cache);
        Hub hub = new Hub(
                new HubSettings(settings.endpoint(), cache, null, false, Duration.ofMillis(200), Duration.ofMillis(1)));
        String message = assertThrows(HubException.class, () -> hub.pull(TINY, List.of(), PullProgress.NONE))
                .getMessage();
        assertSays(message, "nothing came for 0.2 s");
        assertTrue(Files.size(incomplete()) >= 1000);
    }

    @Test
    void aBusyServerIsAskedAgain() throws IOException {
        assertSays(
                refused("GET", "/main", good -> new Reply(503, Map.of("Content-Length", "0"), new byte[0])),
                "503",
                "6 times");
        AtomicInteger asked = new AtomicInteger();
        server.misbehave(
                "HEAD",
                "config.json",
                good -> asked.getAndIncrement() < 2
                        ? new Reply(503, Map.of("Content-Length", "0"), new byte[0])
                        : good);
        assertPulled();
        assertEquals(3, asked.get());
    }

    @Test
    void nobodyAnswers() throws IOException {
        server.close();
        String message = assertThrows(HubException.class, this::pull).getMessage();
        assertSays(message, server.endpoint().toString(), "tried 6 times");
    }

    @Test
    void anotherContentThanTheHashSaysIsDeleted() throws IOException {
        String message = refused("GET", WEIGHTS, good -> {
            byte[] other = good.body().clone();
            other[SIZE / 2] ^= 1;
            return new Reply(good.status(), good.headers(), other);
        });
        assertSays(message, "SHA-256", server.etag("model.safetensors"), "deleted");
        assertFalse(Files.exists(incomplete()));
    }

    @Test
    void whatAnEarlierProcessLeftWrongIsFetchedAgain() throws IOException {
        Files.createDirectories(incomplete().getParent());
        Files.write(incomplete(), new byte[1000]);
        assertPulled();
        Files.delete(pull().directory().resolve("model.safetensors"));
        Files.delete(blob());
        Files.write(incomplete(), new byte[SIZE + 1]);
        assertPulled();
    }

    @Test
    void liesAboutLengthsAreErrors() throws IOException {
        assertSays(refused("HEAD", "config.json", good -> good.without("Content-Length")), "length");
        assertSays(
                refused("GET", WEIGHTS, good -> good.with("Content-Length", "7")),
                "says that 7 bytes will come, but of model.safetensors 500000 are lacking");
        assertSays(
                refused("HEAD", "model.safetensors", good -> good.with("X-Linked-Size", "499999")),
                "says that 500000 bytes will come");
        assertSays(refused("HEAD", "model.safetensors", good -> good.with("X-Linked-Size", "-1")), "length -1");
        assertSays(
                refused("HEAD", "model.safetensors", good -> good.with("X-Linked-Size", "999999999999999999")), "disk");
        assertSays(
                refused("GET", WEIGHTS, good -> {
                    byte[] more = Arrays.copyOf(good.body(), SIZE + 1000);
                    return new Reply(good.status(), Map.of("Connection", "close"), more, more.length, 0);
                }),
                "sends more than the 500000 bytes");
    }

    @Test
    void aRangeThatWasNotAskedForIsRefused() throws IOException {
        for (String range :
                List.of("bytes 0-499999/500000", "bytes 200000-499998/500000", "x", "bytes 200000-9/500000")) {
            AtomicInteger asked = new AtomicInteger();
            String message = refused(
                    "GET",
                    WEIGHTS,
                    good -> asked.getAndIncrement() == 0 ? good.cutAfter(200_000) : good.with("Content-Range", range));
            assertSays(message, "sends the range '" + range + "'", "asked for: bytes 200000-499999/500000");
            Files.deleteIfExists(incomplete());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"file:///etc/passwd", "ftp://127.0.0.1/x", "http://", "jar:file:/x!/y", ":"})
    void aRedirectToAnythingButTheWebIsRefused(String location) throws IOException {
        assertSays(refused("GET", "resolve/" + FakeHub.COMMIT + "/model.safetensors", to(location)), "leads to");
    }

    private static UnaryOperator<Reply> to(String location) {
        return good -> {
            Map<String, String> headers = new LinkedHashMap<>(good.headers());
            headers.put("Location", location);
            return new Reply(302, headers, new byte[0]).with("Content-Length", "0");
        };
    }

    @Test
    void redirectsInACircleEnd() throws IOException {
        String path = "resolve/" + FakeHub.COMMIT + "/model.safetensors";
        assertSays(refused("GET", path, to(server.endpoint() + "/" + FakeHub.REPOSITORY + "/" + path)), "more than 10");
    }

    @Test
    void onceElsewhereTheTokenStaysHome() throws IOException {
        String there = "http://localhost:" + server.endpoint().getPort() + "/there";
        server.fault = (request, good) -> {
            if (request.isFor("GET", "resolve/" + FakeHub.COMMIT + "/model.safetensors")) {
                return to(there).apply(good);
            }
            return request.path().equals("/there")
                    ? to(server.endpoint() + WEIGHTS).apply(good)
                    : good;
        };
        assertPulled();
        assertNull(server.asked("GET", "/there").get(0).headers().get("authorization"));
        assertNull(server.asked("GET", WEIGHTS).get(0).headers().get("authorization"));
    }

    @Test
    void fromHttpsToHttpIsRefused() {
        URI from = URI.create("https://hub.example/a/b");
        assertSays(
                assertThrows(HubException.class, () -> Redirects.target(from, "http://hub.example/c"))
                        .getMessage(),
                "from https to http");
        assertThrows(HubException.class, () -> Redirects.target(from, "https://me:word@hub.example/c"));
        assertThrows(HubException.class, () -> Redirects.target(from, null));
    }

    @Test
    void namesThatLeadOutOfTheCacheAreRefused() throws IOException {
        assertSays(refused("HEAD", "model.safetensors", good -> good.with("X-Linked-Etag", "\"../../x\"")), "ETag");
        assertSays(refused("HEAD", "model.safetensors", good -> good.with("X-Repo-Commit", "../x")), "commit");
        assertSays(refused("HEAD", "config.json", good -> good.without("X-Repo-Commit")), "it is no hub");
        assertSays(
                refused("GET", "/main", good -> json(good, "{\"sha\": \"../../x\", \"siblings\": []}")), "no commit");
        assertSays(refused("GET", "/main", good -> json(good, "<html>")), "no listing");
        assertSays(refused("GET", "/main", good -> json(good, "{\"sha\": \"" + FakeHub.COMMIT + "\"}")), "no files");
        assertFalse(Files.exists(cache.resolve("x")));
        assertFalse(Files.exists(cache.resolve("models--org--tiny/x")));
    }

    private static Reply json(Reply good, String text) {
        byte[] body = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        return new Reply(200, good.headers(), body).with("Content-Length", String.valueOf(body.length));
    }

    @Test
    void anIndexThatLeadsElsewhereIsRefused() throws IOException {
        server.files.remove("model.safetensors");
        server.put("model.safetensors.index.json", "{\"weight_map\": {\"a\": \"../../x.safetensors\"}}");
        assertSays(assertThrows(IOException.class, this::pull).getMessage(), "../../x.safetensors", "same folder");
        assertNull(new Hub(server.settings(cache)).find(TINY));
    }

    @Test
    void anAnswerThatNobodyAskedForIsNotReadToItsEnd() throws IOException {
        byte[] much = new byte[8 << 20];
        server.misbehave(
                "GET",
                "/main",
                good -> new Reply(404, Map.of("Content-Length", "" + (1L << 40)), much).silentFor(60_000));
        assertSays(assertThrows(HubException.class, this::pull).getMessage(), "without end");
    }

    @Test
    void aZippedAnswerIsRefused() throws IOException {
        assertSays(refused("GET", WEIGHTS, good -> good.with("Content-Encoding", "gzip")), "encoding gzip");
    }
}
