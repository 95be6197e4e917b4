package dev.graft.runtime.vertx.http;

import static dev.graft.runtime.vertx.Futures.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.runtime.vertx.Served;
import dev.graft.runtime.vertx.serve.ServeOptions;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.Generated;
import dev.graft.transformer.model.Generator;
import dev.graft.transformer.model.TextGenerator;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The door on real services: many tenants at once, and conversations by the base's own template. */
class ServedDoorTest {
    private static final List<String> TEXTS = List.of("the river is deep", "a lake", "the sea is near the hill");
    private static final int ASKERS = 8;
    private static final int EACH = 40;

    @TempDir
    private Path folder;

    private static Door door(Served served, Path folder) throws Exception {
        BusBackend backend = new BusBackend(
                served.endpoint,
                "tiny",
                60_000,
                () -> served.services.inference().load(),
                null);
        return new Door(served.vertx, backend, folder, HttpOptions.Limits.DEFAULT);
    }

    private static Door.Answer classify(Door door, String key, String tenant, String text) throws Exception {
        JsonObject body = new JsonObject().put("model", tenant).put("input", text);
        return door.ask(false, "POST", "/v1/classify", Door.key(key), Buffer.buffer(body.encode()));
    }

    /** The scores of an answer's only row, in the order of the labels. */
    private static double[] scores(Door.Answer answer) {
        assertEquals(200, answer.status(), answer.text());
        JsonObject scores = answer.json().getJsonArray("data").getJsonObject(0).getJsonObject("scores");
        return scores.fieldNames().stream().mapToDouble(scores::getDouble).toArray();
    }

    private static double difference(double[] one, double[] other) {
        double most = 0;
        for (int i = 0; i < one.length; i++) {
            most = Math.max(most, Math.abs(one[i] - other[i]));
        }
        return most;
    }

    @Test
    void nothingOfOneTenantIsInAnothersAnswer() throws Exception {
        Map<String, String> keys = new HashMap<>();
        for (String tenant : List.of("lora", "ia3", "prefix", "houlsby", "bitfit")) {
            Set<Scope> infer = Set.of(Scope.INFER);
            keys.put(tenant, ApiKeys.add(folder.resolve("keys.json"), tenant, infer, Set.of(tenant)));
        }
        // there is no room for all adapters, so they leave memory and come back all the time
        try (Served served = new Served("bert", folder, ServeOptions.DEFAULT.withAdapterBytes(12_000));
                Door door = door(served, folder)) {
            Map<String, double[]> alone = new HashMap<>();
            for (String tenant : keys.keySet()) {
                try (Adapter adapter = served.classifier(tenant, tenant.hashCode())) {
                    get(served.client.publish(tenant, served.files(adapter)));
                }
                for (String text : TEXTS) {
                    double[] scores = scores(classify(door, keys.get(tenant), tenant, text));
                    assertTrue(
                            alone.values().stream().allMatch(other -> difference(scores, other) > 1e-3),
                            "the tenants cannot be told apart");
                    alone.put(tenant + text, scores);
                }
            }
            underLoad(door, keys, alone);
        }
    }

    private static void underLoad(Door door, Map<String, String> keys, Map<String, double[]> alone) throws Exception {
        List<String> tenants = List.copyOf(keys.keySet());
        List<Callable<Void>> askers = new ArrayList<>();
        for (int i = 0; i < ASKERS; i++) {
            Random random = new Random(i);
            askers.add(() -> {
                for (int j = 0; j < EACH; j++) {
                    String tenant = tenants.get(random.nextInt(tenants.size()));
                    String text = TEXTS.get(random.nextInt(TEXTS.size()));
                    Door.Answer answer = classify(door, keys.get(tenant), tenant, text);
                    assertEquals(0, difference(alone.get(tenant + text), scores(answer)), 1e-5, tenant);
                    assertTrue(answer.json().getString("used").startsWith(tenant + "@"), answer.text());
                    String other = tenants.get((tenants.indexOf(tenant) + 1) % tenants.size());
                    assertEquals(
                            404, classify(door, keys.get(tenant), other, text).status(), "another tenant's adapter");
                }
                return null;
            });
        }
        ExecutorService threads = Executors.newFixedThreadPool(ASKERS);
        try {
            for (Future<Void> done : threads.invokeAll(askers)) {
                done.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aConversationIsWrittenByTheBasesOwnTemplate() throws Exception {
        try (Served served = new Served("llama", folder, ServeOptions.DEFAULT);
                Door door = door(served, folder)) {
            Files.writeString(
                    served.base.directory().resolve("chat_template.jinja"),
                    "{% for m in messages %}{% if m['role'] == 'system' %}{{ raise_exception('no system') }}{% endif %}"
                            + "the {{ m['role'] }} : {{ m['content'] }} {% endfor %}"
                            + "{% if add_generation_prompt %}the lake is{% endif %}");
            int[] prompt = served.base
                    .tokenizer()
                    .encodePlaced("the user : the river the lake is")
                    .ids();
            Generated alone = new TextGenerator(served.base, served.workers)
                    .generate(
                            List.of(prompt),
                            Collections.singletonList(null),
                            Generator.Options.greedy(6),
                            List.of(),
                            (text, piece) -> {})
                    .get(0);
            Door.Answer answer = chat(door, "user", false);
            assertEquals(200, answer.status(), answer.text());
            assertEquals(
                    alone.text(),
                    answer.json()
                            .getJsonArray("choices")
                            .getJsonObject(0)
                            .getJsonObject("message")
                            .getString("content"));
            assertEquals(prompt.length, answer.json().getJsonObject("usage").getInteger("prompt_tokens"));
            assertEquals(alone.text(), streamed(chat(door, "user", true)));
            Door.Answer refused = chat(door, "system", false);
            assertEquals(400, refused.status());
            assertTrue(refused.text().contains("no system"), refused.text());
        }
    }

    private static String streamed(Door.Answer answer) {
        List<String> events = Door.events(answer);
        StringBuilder pieces = new StringBuilder();
        for (String event : events.subList(0, events.size() - 1)) {
            pieces.append(new JsonObject(event)
                    .getJsonArray("choices")
                    .getJsonObject(0)
                    .getJsonObject("delta")
                    .getString("content", ""));
        }
        return pieces.toString();
    }

    private static Door.Answer chat(Door door, String role, boolean stream) throws Exception {
        JsonObject message = new JsonObject().put("role", role).put("content", "the river");
        return door.post(
                "/v1/chat/completions",
                new JsonObject()
                        .put("model", "tiny")
                        .put("messages", new JsonArray().add(message))
                        .put("max_tokens", 6)
                        .put("temperature", 0)
                        .put("stream", stream)
                        .encode());
    }
}
