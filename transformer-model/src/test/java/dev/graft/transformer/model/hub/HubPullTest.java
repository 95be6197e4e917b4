package dev.graft.transformer.model.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.peft.spi.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A hub that behaves, and what lies in the cache afterwards. */
class HubPullTest {
    private static final HubRepository TINY = HubRepository.parse(FakeHub.REPOSITORY);

    @TempDir
    Path cache;

    private FakeHub server;

    @BeforeEach
    void open() throws IOException {
        server = new FakeHub();
        server.put("config.json", "{\"model_type\": \"bert\"}");
        server.put("tokenizer.json", "{}");
        server.put("README.md", "# tiny");
        server.files.put("model.safetensors", bytes(300_000));
        server.files.put("pytorch_model.bin", bytes(1000));
    }

    @AfterEach
    void close() {
        server.close();
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private Hub hub() {
        return new Hub(server.settings(cache));
    }

    private Hub.Snapshot pull(String... named) throws IOException {
        return hub().pull(TINY, List.of(named), PullProgress.NONE);
    }

    private static Set<String> names(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(path -> path.getFileName().toString()).collect(Collectors.toCollection(TreeSet::new));
        }
    }

    @Test
    void whatIsNeededLiesWherePythonLooksForIt() throws IOException {
        Hub.Snapshot snapshot = pull();
        Path model = cache.resolve("models--org--tiny");
        assertEquals(model.resolve("snapshots").resolve(FakeHub.COMMIT), snapshot.directory());
        assertEquals(Set.of("config.json", "model.safetensors", "tokenizer.json"), names(snapshot.directory()));
        assertEquals(FakeHub.COMMIT, Files.readString(model.resolve("refs/main")));
        for (String name : names(snapshot.directory())) {
            Path link = snapshot.directory().resolve(name);
            assertEquals(Path.of("../../blobs", server.etag(name)), Files.readSymbolicLink(link));
            assertArrayEquals(server.files.get(name), Files.readAllBytes(link));
        }
        assertEquals(3, names(model.resolve("blobs")).size());
        assertEquals(3, names(cache.resolve(".locks/models--org--tiny")).size());
        assertTrue(server.requests.stream().noneMatch(request -> request.path().endsWith(".bin")));
        assertEquals(snapshot, hub().find(TINY));
    }

    @Test
    void theTokenGoesToTheHubAndToNobodyElse() throws IOException {
        pull();
        for (FakeHub.Request request : server.requests) {
            boolean elsewhere = request.path().startsWith("/large/");
            assertEquals(
                    elsewhere ? null : "Bearer hf_secret", request.headers().get("authorization"), request.path());
        }
        assertEquals(1, server.asked("GET", "/large/model.safetensors").size());
    }

    @Test
    void whatIsThereIsNotFetchedAgain() throws IOException {
        pull();
        server.requests.clear();
        pull();
        assertEquals(1, server.requests.size(), server.requests.toString());
        Path link = cache.resolve("models--org--tiny/snapshots/" + FakeHub.COMMIT + "/config.json");
        Files.delete(link);
        pull();
        assertEquals(0, server.asked("GET", "config.json").size(), "its blob was there");
        assertTrue(Files.isSymbolicLink(link));
    }

    @Test
    void aRevisionMayBeABranchWithASlashOrACommit() throws IOException {
        HubRepository converted = HubRepository.parse("org/tiny@refs/pr/1");
        hub().pull(converted, List.of(), PullProgress.NONE);
        assertTrue(server.requests.get(0).path().endsWith("/revision/refs%2Fpr%2F1"));
        assertEquals(FakeHub.COMMIT, Files.readString(cache.resolve("models--org--tiny/refs/refs/pr/1")));
        assertNull(hub().find(TINY), "main was not asked for");
        assertEquals(
                FakeHub.COMMIT,
                hub().find(HubRepository.parse("org/tiny@" + FakeHub.COMMIT)).commit());
    }

    @Test
    void shardsAreThoseThatTheIndexNames() throws IOException {
        server.files.remove("model.safetensors");
        server.put("model.safetensors.index.json", "{\"weight_map\": {\"a\": \"one.safetensors\"}}");
        server.files.put("one.safetensors", bytes(500));
        server.files.put("two.safetensors", bytes(500));
        Set<String> found = names(pull().directory());
        assertTrue(found.contains("one.safetensors"), found.toString());
        assertFalse(found.contains("two.safetensors"), found.toString());
    }

    @Test
    void anAdapterIsPulledToo() throws IOException {
        server.files.keySet().removeIf(name -> !name.equals("README.md"));
        server.put("adapter_config.json", "{}");
        server.files.put("adapter_model.safetensors", bytes(10));
        assertEquals(Set.of("adapter_config.json", "adapter_model.safetensors"), names(pull().directory()));
    }

    @Test
    void aGgufFileIsFetchedWhereItIsNamed() throws IOException {
        server.files.remove("model.safetensors");
        server.files.remove("pytorch_model.bin");
        server.files.put("tiny-q4.gguf", bytes(100));
        server.files.put("tiny-q8.gguf", bytes(100));
        String which = assertThrows(SettingsException.class, this::pull).getMessage();
        assertTrue(which.contains("--file") && which.contains("tiny-q4.gguf, tiny-q8.gguf"), which);
        assertEquals(
                Set.of("config.json", "tokenizer.json", "tiny-q8.gguf"),
                names(pull("tiny-q8.gguf").directory()));
    }

    @Test
    void aPickleIsRefusedWithTheReasonAndTheWayOut() throws IOException {
        server.files.remove("model.safetensors");
        String why = assertThrows(SettingsException.class, this::pull).getMessage();
        assertTrue(why.contains("any code") && why.contains("safe_serialization=True"), why);
        String named = assertThrows(SettingsException.class, () -> pull("pytorch_model.bin"))
                .getMessage();
        assertTrue(named.contains("any code"), named);
        assertEquals(2, server.requests.size());
        assertFalse(Files.exists(cache.resolve("models--org--tiny/refs")));
    }

    @Test
    void offlineWhatIsThereIsFoundAndNothingIsAsked() throws IOException {
        HubSettings settings = server.settings(cache);
        Hub offline = new Hub(
                new HubSettings(settings.endpoint(), cache, null, true, settings.patience(), settings.firstWait()));
        String lacking = assertThrows(SettingsException.class, () -> offline.pull(TINY, List.of(), PullProgress.NONE))
                .getMessage();
        assertTrue(lacking.contains("HF_HUB_OFFLINE"), lacking);
        pull();
        server.requests.clear();
        assertEquals(hub().find(TINY), offline.pull(TINY, List.of(), PullProgress.NONE));
        assertEquals(List.of(), server.requests);
    }

    @Test
    void twoAtOnceFetchEachFileOnce() throws Exception {
        // threads of their own: who blocks the common pool's only thread on two cores stops the JDK 25's HTTP client
        ExecutorService threads = Executors.newFixedThreadPool(2);
        Future<Hub.Snapshot> one = threads.submit(() -> pull());
        Future<Hub.Snapshot> other = threads.submit(() -> pull());
        threads.shutdown();
        assertEquals(one.get(), other.get());
        assertEquals(1, server.asked("GET", "/large/model.safetensors").size());
    }

    @Test
    void progressAddsUp() throws IOException {
        long[] seen = new long[2];
        hub().pull(TINY, List.of(), new PullProgress() {
            @Override
            public void begins(int files, long bytes) {
                assertEquals(3, files);
                seen[0] = bytes;
            }

            @Override
            public void came(String file, long bytes) {
                seen[1] += bytes;
            }
        });
        assertEquals(seen[0], seen[1]);
        assertTrue(seen[0] > 300_000);
    }

    @Test
    void whatTheHubDoesNotHaveIsSaid() {
        assertSaid(404, "RepoNotFound", "HF_TOKEN", "check the name");
        assertSaid(404, "RevisionNotFound", "no revision 'main'");
        assertSaid(403, "GatedRepo", "agreed to its terms");
        assertSaid(401, "none", "HF_TOKEN");
        assertSaid(403, "none", "HF_TOKEN");
    }

    private void assertSaid(int status, String code, String... parts) {
        server.misbehave(
                "GET",
                "/main",
                good -> new FakeHub.Reply(status, good.headers(), good.body()).with("X-Error-Code", code));
        String message = assertThrows(SettingsException.class, this::pull).getMessage();
        for (String part : parts) {
            assertTrue(message.contains(part), message);
        }
        assertFalse(message.contains("hf_secret"), message);
    }
}
