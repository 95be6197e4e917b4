package dev.graft.runtime.vertx.serve;

import static dev.graft.runtime.vertx.Futures.get;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.runtime.vertx.Served;
import dev.graft.runtime.vertx.client.ModelClient;
import dev.graft.runtime.vertx.message.AdapterName;
import dev.graft.runtime.vertx.message.AdapterRequest;
import dev.graft.runtime.vertx.message.AdapterStatus;
import dev.graft.runtime.vertx.message.Addresses;
import dev.graft.runtime.vertx.message.Failure;
import dev.graft.runtime.vertx.message.GenerateRequest;
import dev.graft.runtime.vertx.message.Packet;
import dev.graft.runtime.vertx.message.RowsAnswer;
import dev.graft.transformer.model.Adapter;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Adapters come, change and go under requests; queues are bounded and fair. */
class ServingTest {
    private static final List<String> TEXT = List.of("the river is deep");

    @TempDir
    Path folder;

    private static Failure.Code code(Future<?> future) {
        return assertThrows(Failure.class, () -> get(future)).code();
    }

    @Test
    void aNewerVersionTakesOverAndTheOlderOneIsKeptByDigest() throws Exception {
        try (Served served = new Served("bert", folder, ServeOptions.DEFAULT);
                Adapter one = served.classifier("lora", 1);
                Adapter two = served.classifier("ia3", 2)) {
            AdapterStatus first = get(served.client.publish("a", served.files(one)));
            RowsAnswer before = get(served.client.classify("a", TEXT));
            AdapterStatus second = get(served.client.publish("a", served.files(two)));
            RowsAnswer after = get(served.client.classify("a", TEXT));
            assertEquals(first.id(), before.adapter());
            assertEquals(second.id(), after.adapter());
            RowsAnswer old = get(served.client.classify("a@" + first.digest().substring(0, 12), TEXT));
            assertArrayEquals(before.values().get(0), old.values().get(0));
            assertEquals(first.id(), old.adapter());
            assertEquals(Failure.Code.NOT_FOUND, code(served.client.classify("a@" + "0".repeat(12), TEXT)));
        }
    }

    @Test
    void aBrokenAdapterAndOneOfAnotherBaseAreRefusedAndNothingElseNotices() throws Exception {
        try (Served served = new Served("bert", folder, ServeOptions.DEFAULT);
                Adapter good = served.classifier("lora", 1)) {
            Map<String, Buffer> files = served.files(good);
            AdapterStatus first = get(served.client.publish("a", files));
            for (String file : files.keySet()) {
                Map<String, Buffer> cut = new LinkedHashMap<>(files);
                cut.put(file, files.get(file).slice(0, files.get(file).length() / 2));
                Failure failure = assertThrows(Failure.class, () -> get(served.client.publish("a", cut)));
                assertEquals(Failure.Code.BAD_REQUEST, failure.code(), file);
                assertTrue(failure.getMessage().contains(file), failure.getMessage());
                assertFalse(failure.getMessage().contains(folder.toString()), "no path of the server");
            }
            Map<String, Buffer> other = new LinkedHashMap<>(files);
            other.put(
                    "graft.json",
                    Buffer.buffer(
                            files.get("graft.json").toString().replace(served.base.fingerprint(), "0".repeat(64))));
            Failure failure = assertThrows(Failure.class, () -> get(served.client.publish("a", other)));
            assertEquals(Failure.Code.CONFLICT, failure.code());
            assertTrue(failure.getMessage().contains("another base"), failure.getMessage());
            for (String name : List.of("../a", "a/b", "", ".a", "a\nb", "a@zz")) {
                assertEquals(Failure.Code.BAD_REQUEST, code(publish(served, name, files)), name);
                assertEquals(Failure.Code.BAD_REQUEST, code(ask(served, name)), name);
            }
            Map<String, Buffer> strange = new LinkedHashMap<>(files);
            strange.put("../../evil", Buffer.buffer("x"));
            assertEquals(Failure.Code.BAD_REQUEST, code(served.client.publish("a", strange)));
            assertEquals(first.id(), get(served.client.classify("a", TEXT)).adapter());
        }
    }

    /** Past what the client checks itself. */
    private static Future<Packet> publish(Served served, String name, Map<String, Buffer> files) {
        Packet packet =
                AdapterRequest.filed(new JsonObject().put("op", "publish").put("adapter", name), files);
        return served.endpoint.call(Addresses.adapters("tiny"), packet, 5000).answer();
    }

    private static Future<Packet> ask(Served served, String name) {
        JsonObject head =
                new JsonObject().put("op", "classify").put("adapter", name).put("rows", List.of(Map.of("text", "x")));
        return served.endpoint
                .call(Addresses.model("tiny"), new Packet(head), 5000)
                .answer();
    }

    @Test
    void theFolderIsWatched() throws Exception {
        try (Served served = new Served("bert", folder, ServeOptions.DEFAULT);
                Adapter one = served.classifier("lora", 1);
                Adapter two = served.classifier("houlsby", 2)) {
            served.drop("dropped", one);
            String first = get(served.client.classify("dropped", TEXT)).adapter(); // known by its name at once
            served.drop("dropped", two);
            String later = first;
            for (int i = 0; i < 100 && later.equals(first); i++) {
                Thread.sleep(100);
                later = get(served.client.classify("dropped", TEXT)).adapter();
            }
            assertFalse(later.equals(first), "the change was not seen");
            Path tensors = folder.resolve("adapters/dropped/adapter_model.safetensors");
            Files.write(tensors, new byte[] {1, 2, 3});
            String why = null;
            for (int i = 0; i < 100 && why == null; i++) {
                Thread.sleep(100);
                why = get(served.client.adapters()).stream()
                        .map(AdapterStatus::refused)
                        .filter(each -> each != null)
                        .findFirst()
                        .orElse(null);
            }
            assertTrue(why != null && why.contains("dropped"), "refused: " + why);
            assertEquals(later, get(served.client.classify("dropped", TEXT)).adapter());
        }
    }

    @Test
    void theLeastRecentlyUsedLeaveMemoryAndPinnedOnesStay() throws Exception {
        try (Served served = new Served("bert", folder, ServeOptions.DEFAULT.withAdapterBytes(30_000));
                Adapter adapter = served.classifier("lora", 1)) {
            for (int i = 0; i < 12; i++) {
                try (Adapter each = served.classifier("lora", i)) {
                    get(served.client.publish("a" + i, served.files(each)));
                }
                if (i == 0) {
                    get(served.client.adapter(AdapterRequest.Op.PIN, "a0"));
                }
            }
            List<AdapterStatus> all = get(served.client.adapters());
            assertTrue(served.services.adapters().loadedBytes() <= 30_000, "over the budget");
            assertTrue(all.get(0).loaded() && all.get(0).pinned());
            assertFalse(all.get(1).loaded());
            assertTrue(all.get(11).loaded());
            float[] before = get(served.client.classify("a1", TEXT)).values().get(0);
            get(served.client.adapter(AdapterRequest.Op.UNLOAD, "a1"));
            assertFalse(get(served.client.adapters()).get(1).loaded());
            assertArrayEquals(
                    before, get(served.client.classify("a1", TEXT)).values().get(0));
            get(served.client.adapter(AdapterRequest.Op.UNPIN, "a0"));
            get(served.client.adapter(AdapterRequest.Op.UNLOAD, "a0"));
            assertFalse(get(served.client.adapters()).get(0).loaded());
        }
    }

    @Test
    void oldVersionsThatNobodyUsesAreDeleted() throws Exception {
        try (Served served = new Served("bert", folder, ServeOptions.DEFAULT.withOlderVersions(2))) {
            List<AdapterStatus> versions = new ArrayList<>();
            Lease used = null;
            for (int i = 0; i < 7; i++) {
                try (Adapter each = served.classifier("lora", i)) {
                    versions.add(get(served.client.publish("a", served.files(each))));
                }
                if (i == 0) {
                    used = served.services
                            .adapters()
                            .lease(AdapterName.parse(versions.get(0).id()));
                }
                if (i == 1) {
                    get(served.client.adapter(
                            AdapterRequest.Op.PIN, versions.get(1).id()));
                }
            }
            assertEquals(ids(versions, 0, 1, 4, 5, 6), kept());
            assertEquals(
                    Failure.Code.NOT_FOUND,
                    code(served.client.classify(versions.get(2).id(), TEXT)));
            assertEquals(
                    versions.get(0).id(),
                    get(served.client.classify(versions.get(0).id(), TEXT)).adapter());
            get(served.client.classify(versions.get(4).id(), TEXT)); // used later than the fifth
            used.close();
            try (Adapter last = served.classifier("ia3", 1)) {
                versions.add(get(served.client.publish("a", served.files(last))));
            }
            assertEquals(ids(versions, 0, 1, 4, 7), kept());
            assertEquals(4, get(served.client.adapters()).size());
        }
    }

    private static Set<String> ids(List<AdapterStatus> versions, int... numbers) {
        Set<String> digests = new TreeSet<>();
        for (int number : numbers) {
            digests.add(versions.get(number).digest());
        }
        return digests;
    }

    private Set<String> kept() throws IOException {
        try (Stream<Path> all = Files.list(folder.resolve("adapters/.versions/a"))) {
            return all.map(path -> path.getFileName().toString()).collect(Collectors.toCollection(TreeSet::new));
        }
    }

    @Test
    void anAdapterStaysWhileItComputesThoughItsRequestIsOver() throws Exception {
        try (Served served = new Served("bert", folder, ServeOptions.DEFAULT);
                Adapter adapter = served.classifier("lora", 1)) {
            get(served.client.publish("a", served.files(adapter)));
            List<Work> works = new ArrayList<>();
            get(served.endpoint.serve("own", call -> {
                Work work = new Work(call, AdapterName.parse("a"));
                work.lend(served.services.adapters().lease(AdapterName.parse("a")));
                assertTrue(work.enter());
                work.fail(new Failure(Failure.Code.BUSY, "another row of it had no place"));
                works.add(work);
            }));
            assertEquals(
                    Failure.Code.BUSY,
                    code(served.endpoint
                            .call("own", new Packet(new JsonObject()), 5000)
                            .answer()));
            assertEquals(
                    1, get(served.client.adapter(AdapterRequest.Op.UNLOAD, "a")).users());
            assertTrue(get(served.client.adapters()).get(0).loaded());
            assertFalse(works.get(0).enter());
            works.get(0).leave();
            assertFalse(get(served.client.adapters()).get(0).loaded());
        }
    }

    @Test
    void aFloodOfOneAdapterIsBusyAndAnotherIsServed() throws Exception {
        try (Served served = new Served("bert", folder, ServeOptions.DEFAULT.withQueue(50));
                Adapter one = served.classifier("lora", 1);
                Adapter two = served.classifier("ia3", 2)) {
            get(served.client.publish("flood", served.files(one)));
            get(served.client.publish("other", served.files(two)));
            List<Future<RowsAnswer>> flood = new ArrayList<>();
            List<Future<RowsAnswer>> others = new ArrayList<>();
            for (int i = 0; i < 2000; i++) {
                flood.add(served.client.classify("flood", TEXT));
                if (i % 200 == 100) {
                    others.add(served.client.classify("other", TEXT));
                }
            }
            for (Future<RowsAnswer> other : others) {
                get(other);
            }
            int busy = 0;
            for (Future<RowsAnswer> each : flood) {
                try {
                    get(each);
                } catch (Failure e) {
                    assertEquals(Failure.Code.BUSY, e.code());
                    busy++;
                }
            }
            assertTrue(busy > 0 && busy < 2000, busy + " busy");
        }
    }

    @Test
    void cancelledAndLateTextsStop() throws Exception {
        try (Served served = new Served("llama", folder, ServeOptions.DEFAULT)) {
            ModelClient hasty = new ModelClient(served.endpoint, "tiny", 5);
            GenerateRequest request = GenerateRequest.greedy(null, "the river", 20);
            List<Future<?>> late = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                late.add(hasty.generate(request));
            }
            int stopped = 0;
            for (Future<?> each : late) {
                try {
                    get(each);
                } catch (Failure e) {
                    assertEquals(Failure.Code.DEADLINE, e.code());
                    stopped++;
                }
            }
            assertTrue(stopped > 0);
            get(served.client.generate(request));
            JsonObject load = served.services.inference().load();
            assertEquals(0, load.getInteger("texts"));
        }
    }

    @Test
    void wrongRequestsNameWhatIsWrong() throws Exception {
        try (Served served = new Served("bert", folder, ServeOptions.DEFAULT)) {
            Map<String, JsonObject> wrong = new LinkedHashMap<>();
            wrong.put("op", new JsonObject().put("op", "fly"));
            wrong.put("rows", new JsonObject().put("op", "classify"));
            wrong.put(
                    "max_len",
                    new JsonObject().put("op", "classify").put("max_len", 3).put("rows", List.of(Map.of("text", "x"))));
            wrong.put(
                    "max_length",
                    new JsonObject()
                            .put("op", "classify")
                            .put("max_length", "3")
                            .put("rows", List.of(Map.of("text", "x"))));
            wrong.put("generate", new JsonObject().put("op", "generate").put("prompt", "x"));
            for (Map.Entry<String, JsonObject> each : wrong.entrySet()) {
                Failure failure = assertThrows(
                        Failure.class,
                        () -> get(served.endpoint
                                .call(Addresses.model("tiny"), new Packet(each.getValue()), 5000)
                                .answer()));
                assertEquals(Failure.Code.BAD_REQUEST, failure.code(), each.getKey());
                assertTrue(failure.getMessage().contains(each.getKey()), failure.getMessage());
            }
            assertEquals(Failure.Code.NOT_FOUND, code(served.client.classify("nobody", TEXT)));
            assertEquals(
                    Failure.Code.NOT_FOUND, code(new ModelClient(served.endpoint, "other", 5000).classify(null, TEXT)));
        }
    }
}
