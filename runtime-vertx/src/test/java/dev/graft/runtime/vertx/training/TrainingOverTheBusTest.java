package dev.graft.runtime.vertx.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.spi.SettingsException;
import dev.graft.peft.testkit.TinyBase;
import dev.graft.peft.testkit.TinyFamilies;
import dev.graft.runtime.vertx.Futures;
import dev.graft.runtime.vertx.message.Failure;
import dev.graft.runtime.vertx.transport.Endpoint;
import dev.graft.runtime.vertx.transport.Faults;
import dev.graft.runtime.vertx.transport.TransportOptions;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Workers;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs on several nodes of one process, with messages that are lost, doubled, late and damaged, and nodes that leave. */
class TrainingOverTheBusTest {
    private static final PeftMethods METHODS = PeftMethods.discover(ModuleLayer.boot());
    private static final String[] FIRST = {"ba", "de", "fi", "go", "hu", "ka"};
    private static final String[] SECOND = {"lo", "mi", "ne", "ru", "sa", "ti"};
    private static final long SEED = Long.getLong("graft.test.seed", 1);

    @TempDir
    private Path folder;

    private final Vertx vertx = Vertx.vertx();
    private final Workers workers = new Workers("fp32", 1);
    private final List<TrainingNode> nodes = new ArrayList<>();
    private BaseModel base;
    private TrainingClient client;

    @BeforeEach
    void open() throws Exception {
        base = BaseModel.open(TinyFamilies.write("bert", folder.resolve("base"), 1));
        client = new TrainingClient(vertx, get(Endpoint.start(vertx)));
        data(folder.resolve("data"));
    }

    @AfterEach
    void close() throws Exception {
        nodes.forEach(TrainingNode::close);
        get(vertx.close());
        workers.close();
        base.close();
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private void node(Faults faults) throws Exception {
        Endpoint endpoint = get(Endpoint.start(vertx, TransportOptions.DEFAULT, faults));
        nodes.add(new TrainingNode(vertx, endpoint, base, METHODS, workers, folder.resolve("jobs"), reason -> {
            throw new AssertionError(reason);
        }));
    }

    private static void data(Path data) throws IOException {
        Files.createDirectories(data);
        Random random = new Random(SEED);
        for (String split : List.of("train", "validation", "test")) {
            StringBuilder lines = new StringBuilder();
            for (int i = 0; i < 24; i++) {
                String label = TinyBase.LABELS.get(i % TinyBase.LABELS.size());
                StringBuilder text = new StringBuilder();
                for (int j = 0; j < 1 + random.nextInt(5); j++) {
                    text.append(FIRST[random.nextInt(FIRST.length)])
                            .append(SECOND[random.nextInt(SECOND.length)])
                            .append(' ');
                }
                lines.append(new JsonObject()
                                .put("text", text.toString())
                                .put("label", label)
                                .encode())
                        .append('\n');
            }
            Files.writeString(data.resolve(split + ".jsonl"), lines.toString());
        }
    }

    private JobSpec spec(String method, int steps) {
        return new JobSpec(new JsonObject()
                .put("method", method)
                .put("data", folder.resolve("data").toString())
                .put(
                        "training",
                        new JsonObject()
                                .put("max_steps", steps)
                                .put("batch_size", 8)
                                .put("micro_batch", 3)
                                .put("seed", SEED)
                                .put("learning_rate", 0.01)
                                .put("max_length", TinyBase.LONGEST)
                                .put("evaluate_every", 5)));
    }

    private String state(String job) throws Exception {
        return get(client.status(job)).getString("state");
    }

    private void await(String job, String wanted) throws Exception {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        JsonObject status = get(client.status(job));
        while (!status.getString("state").equals(wanted)) {
            assertTrue(System.nanoTime() < until, status.encode());
            Thread.sleep(20);
            status = get(client.status(job));
        }
    }

    private void assertSame(String job, JobSpec spec) throws Exception {
        await(job, "done");
        Path alone = folder.resolve("alone-" + job);
        Alone.run(spec, base, METHODS, workers, alone);
        Path got = folder.resolve("got-" + job);
        client.fetch(job, got);
        for (String file : List.of(
                "adapter_model.safetensors",
                "adapter_config.json",
                "graft.json",
                "metrics.jsonl",
                "best/adapter_model.safetensors")) {
            assertArrayEquals(Files.readAllBytes(alone.resolve(file)), Files.readAllBytes(got.resolve(file)), file);
        }
    }

    @Test
    void jobsOfAnyMethodHaveTheBytesOfOneProcessThoughMessagesAreLost() throws Exception {
        for (int i = 0; i < 3; i++) {
            node(new Faults(SEED + i, 0.05, 0.1, 0.2, 0.02, 50));
        }
        Map<String, JobSpec> specs =
                Map.of("a", spec("lora", 12), "b", spec("prefix", 9), "c", spec("adalora", 10), "d", spec("head", 7));
        for (Map.Entry<String, JobSpec> job : specs.entrySet()) {
            get(client.submit(job.getKey(), job.getValue()));
            get(client.submit(job.getKey(), job.getValue()));
        }
        for (Map.Entry<String, JobSpec> job : specs.entrySet()) {
            assertSame(job.getKey(), job.getValue());
        }
        assertEquals(4, get(client.list()).getJsonArray("jobs").size());
    }

    @Test
    void anotherNodeLeadsWhenTheLeaderLeaves() throws Exception {
        node(Faults.NONE);
        JobSpec spec = spec("lora", 150);
        get(client.submit("long", spec));
        await("long", "running");
        node(Faults.NONE);
        for (int i = 0; i < 2; i++) {
            Thread.sleep(300);
            nodes.remove(0).close();
            node(Faults.NONE);
        }
        assertSame("long", spec);
        assertTrue(get(client.list()).getLong("term") >= 2);
    }

    /** Two parts of a cluster that do not hear each other, with a lock each, see one disk. */
    @Test
    void oneLeadsThoughTheClusterIsInTwoParts() throws Exception {
        node(Faults.NONE);
        JobSpec spec = spec("lora", 60);
        get(client.submit("split", spec));
        await("split", "running");
        Vertx other = Vertx.vertx();
        Endpoint endpoint = get(Endpoint.start(other));
        TrainingNode apart =
                new TrainingNode(other, endpoint, base, METHODS, workers, folder.resolve("jobs"), reason -> {});
        Thread.sleep(1500);
        assertEquals(1, get(client.list()).getLong("term"));
        nodes.remove(0).close();
        client = new TrainingClient(other, endpoint);
        assertSame("split", spec);
        assertEquals(2, get(client.list()).getLong("term"));
        apart.close();
        get(other.close());
    }

    @Test
    void jobsArePausedResumedAndCancelled() throws Exception {
        node(Faults.NONE);
        JobSpec spec = spec("ia3", 200);
        get(client.submit("first", spec));
        get(client.submit("second", spec("lora", 100_000)));
        await("first", "running");
        get(client.pause("first"));
        await("first", "paused");
        get(client.cancel("second"));
        await("second", "cancelled");
        assertEquals("paused", state("first"));
        get(client.resume("first"));
        assertSame("first", spec);
    }

    @Test
    void whatCannotBeTrainedIsRefused() throws Exception {
        node(Faults.NONE);
        var full = assertThrows(SettingsException.class, () -> spec("full", 3));
        assertTrue(full.getMessage().contains("whole base"), full.getMessage());
        assertThrows(SettingsException.class, () -> new JobSpec(new JsonObject().put("metod", "lora")));
        refused(spec -> spec.put("data_hash", "0"), "others");
        refused(spec -> spec.put("base", "0"), "another one");
        refused(spec -> spec.put("data", folder.resolve("nowhere").toString()), "nowhere");
        refused(spec -> spec.put("method", "lorra"), "lorra");
        refused(spec -> spec.put("settings", new JsonObject().put("r", 0)), "'r' is 0");
        refused(spec -> spec.put("settings", new JsonObject().put("target_modules", "querry")), "querry");
        refused(spec -> spec.put("init_adapter", folder.resolve("gone").toString()), "gone");
        refused(spec -> spec.getJsonObject("training").put("epocs", 1), "epocs");
        refused(spec -> spec.getJsonObject("training").put("max_length", 100_000), "100000");
        Path broken = folder.resolve("broken");
        data(broken);
        Files.writeString(broken.resolve("train.jsonl"), "{\"text\": \"a\"}\n");
        refused(spec -> spec.put("data", broken.toString()), "train.jsonl");
        assertEquals(0, get(client.list()).getJsonArray("jobs").size());
    }

    /** It is said at once what is wrong, and there is no such job. */
    private void refused(Consumer<JsonObject> change, String says) {
        JsonObject json = spec("lora", 3).json().copy();
        change.accept(json);
        Failure failure = assertThrows(
                Failure.class, () -> Futures.get(client.submit("refused", new JobSpec(json))), json::encode);
        assertEquals(Failure.Code.BAD_REQUEST, failure.code(), failure.getMessage());
        assertTrue(failure.getMessage().contains(says), failure.getMessage());
    }

    /** Rows of a step of a loop of one's own. */
    private List<JsonObject> rows(int from) throws IOException {
        return Files.readAllLines(folder.resolve("data").resolve("train.jsonl")).subList(from, from + 7).stream()
                .map(JsonObject::new)
                .toList();
    }

    private byte[] session(String name, boolean leaderLeaves) throws Exception {
        SessionClient session = new SessionClient(
                vertx,
                get(Endpoint.start(vertx)),
                name,
                new SessionSpec(new JsonObject()
                        .put("method", "lora")
                        .put("labels", new JsonArray(TinyBase.LABELS))
                        .put(
                                "training",
                                new JsonObject()
                                        .put("micro_batch", 2)
                                        .put("seed", SEED)
                                        .put("max_length", TinyBase.LONGEST))));
        get(session.forwardBackward(rows(0)));
        assertEquals(1, get(session.optimizerStep(0.02)));
        List<Future<Double>> losses = new ArrayList<>();
        for (int i = 1; i < 4; i++) {
            losses.add(session.forwardBackward(rows(i)));
            if (leaderLeaves && i == 2) {
                get(losses.get(1));
                nodes.remove(0).close();
            }
        }
        assertEquals(2, get(session.optimizerStep()));
        assertTrue(get(losses.get(2)) > 0);
        assertThrows(Exception.class, () -> get(session.optimizerStep()));
        assertThrows(Exception.class, () -> get(session.forwardBackward(List.of())));
        get(session.save());
        Path got = folder.resolve("got-" + name);
        client.fetch(session.id(), got);
        return Files.readAllBytes(got.resolve("adapter_model.safetensors"));
    }

    @Test
    void aLoopOfOnesOwnGivesTheSameAdapterThoughTheLeaderLeaves() throws Exception {
        node(Faults.NONE);
        byte[] sound = session("sound", false);
        node(new Faults(SEED, 0.05, 0.1, 0.2, 0, 50));
        assertArrayEquals(sound, session("unsound", true));
    }
}
