package dev.graft.runtime.vertx.http;

import static dev.graft.runtime.vertx.Futures.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the door answers, with a backend that tells what it was asked. */
class HttpDoorTest {
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
        door.close();
        get(vertx.close());
    }

    @Test
    void completionsOfSeveralPromptsKeepTheirOrder() throws Exception {
        Door.Answer answer = door.post(
                "/v1/completions",
                "{\"model\":\"one\",\"prompt\":[\"p\",\"q\"],\"max_tokens\":9,\"temperature\":0.5,\"top_p\":0.9,"
                        + "\"seed\":42,\"stop\":\"end\",\"n\":1,\"user\":\"u\",\"logprobs\":null}");
        assertEquals(200, answer.status(), answer.text());
        assertEquals(
                "one:q", answer.json().getJsonArray("choices").getJsonObject(1).getString("text"));
        assertEquals(16, answer.json().getJsonObject("usage").getInteger("total_tokens"));
        var asked = backend.texts.get(0);
        assertEquals(9, asked.maxTokens());
        assertEquals(0.5, asked.sampling().temperature());
        assertEquals(0.9, asked.sampling().topP());
        assertEquals(42, asked.sampling().seed());
        assertEquals(List.of("end"), asked.stops());
    }

    @Test
    void aChatIsStreamedInPiecesWithItsEndAndItsUsage() throws Exception {
        Door.Answer answer = door.post(
                "/v1/chat/completions",
                "{\"model\":\"one\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"hi\"}]}],"
                        + "\"stream\":true,\"stream_options\":{\"include_usage\":true}}");
        List<String> events = Door.events(answer);
        assertEquals("[DONE]", events.get(events.size() - 1));
        List<JsonObject> chunks = events.subList(0, events.size() - 1).stream()
                .map(JsonObject::new)
                .toList();
        StringBuilder text = new StringBuilder();
        for (JsonObject chunk : chunks.subList(0, chunks.size() - 1)) {
            text.append(choice(chunk).getJsonObject("delta").getString("content", ""));
        }
        assertEquals("one:hi", text.toString());
        assertEquals("assistant", choice(chunks.get(0)).getJsonObject("delta").getString("role"));
        assertEquals("stop", choice(chunks.get(chunks.size() - 2)).getString("finish_reason"));
        assertEquals(8, chunks.get(chunks.size() - 1).getJsonObject("usage").getInteger("total_tokens"));
    }

    private static JsonObject choice(JsonObject chunk) {
        return chunk.getJsonArray("choices").getJsonObject(0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"model\":\"base\",\"prompt\":\"p\",\"temprature\":1}",
                "{\"model\":\"base\",\"prompt\":\"p\",\"temperature\":3}",
                "{\"model\":\"base\",\"prompt\":\"p\",\"top_p\":0}",
                "{\"model\":\"base\",\"prompt\":\"p\",\"n\":2}",
                "{\"model\":\"base\",\"prompt\":\"p\",\"logprobs\":3}",
                "{\"model\":\"base\",\"prompt\":\"p\",\"presence_penalty\":1}",
                "{\"model\":\"base\",\"prompt\":\"p\",\"seed\":1.5}",
                "{\"model\":\"base\",\"prompt\":[1,2]}",
                "{\"model\":\"base\",\"prompt\":\"p\",\"stop\":[\"\"]}",
                "{\"model\":\"base\",\"prompt\":\"p\",\"max_tokens\":0}",
                "{\"model\":\"base\",\"prompt\":\"p\",\"stream\":\"yes\"}",
                "{\"model\":\"base\",\"prompt\":\"p\",\"prompt\":\"q\"}",
                "{\"model\":\"base\",\"prompt\":\"p\"} {}",
                "{\"model\":\"../../etc/passwd\",\"prompt\":\"p\"}",
                "{\"model\":\"one@../../x\",\"prompt\":\"p\"}",
                "{\"prompt\":\"p\"}",
                "[]",
                "null",
                ""
            })
    void whatWouldChangeTheAnswerAndIsNotKnownIsRefused(String body) throws Exception {
        Door.Answer answer = door.post("/v1/completions", body);
        assertEquals(400, answer.status(), answer.text());
        assertEquals(
                "invalid_request_error", answer.json().getJsonObject("error").getString("type"));
        assertTrue(backend.texts.isEmpty());
    }

    @Test
    void vectorsComeAsNumbersAndInBase64() throws Exception {
        String body = "{\"model\":\"base\",\"input\":[\"abc\"],\"encoding_format\":\"%s\"}";
        JsonObject numbers =
                door.post("/v1/embeddings", body.formatted("float")).json();
        assertEquals(
                List.of(3.0, 0.5),
                numbers.getJsonArray("data")
                        .getJsonObject(0)
                        .getJsonArray("embedding")
                        .getList());
        JsonObject bytes = door.post("/v1/embeddings", body.formatted("base64")).json();
        ByteBuffer floats = ByteBuffer.wrap(Base64.getDecoder()
                        .decode(bytes.getJsonArray("data").getJsonObject(0).getString("embedding")))
                .order(ByteOrder.LITTLE_ENDIAN);
        assertEquals(3f, floats.getFloat());
        assertEquals(0.5f, floats.getFloat());
        assertFalse(floats.hasRemaining());
        Door.Answer cut = door.post("/v1/embeddings", "{\"model\":\"base\",\"input\":\"a\",\"dimensions\":1}");
        assertEquals(400, cut.status(), cut.text());
    }

    @Test
    void aKeyOfOneAdapterSeesNoOther() throws Exception {
        Map<String, String> own = Door.key(door.one);
        List<String> ids = door.ask(false, "GET", "/v1/models", own, null).json().getJsonArray("data").stream()
                .map(each -> ((JsonObject) each).getString("id"))
                .toList();
        assertTrue(ids.stream().allMatch(id -> id.startsWith("one")), ids.toString());
        for (String model : List.of("two", "two@01234567", "base")) {
            Buffer body = Buffer.buffer("{\"model\":\"" + model + "\",\"input\":\"a\"}");
            assertEquals(404, door.ask(false, "POST", "/v1/classify", own, body).status(), model);
        }
        assertEquals(
                404,
                door.ask(true, "POST", "/admin/adapters/two/unload", own, null).status());
        assertEquals(
                200,
                door.ask(true, "POST", "/admin/adapters/one/load", own, null).status());
    }

    @Test
    void keysAreStoredAsHashesOnly() throws Exception {
        String stored = Files.readString(folder.resolve("keys.json"));
        assertFalse(stored.contains(door.all) || stored.contains(door.all.substring(6)));
    }

    @Test
    void administrationIsNotOnThePublicPort() throws Exception {
        for (String path : List.of("/", "/metrics", "/admin/status", "/admin/adapters", "/admin/jobs")) {
            assertEquals(
                    404, door.ask(false, "GET", path, Door.key(door.all), null).status(), path);
        }
        assertEquals(
                405,
                door.ask(false, "GET", "/v1/completions", Door.key(door.all), null)
                        .status());
    }

    @Test
    void anUploadHasTheFilesOfAnAdapterAndNoOthers() throws Exception {
        Map<String, String> headers =
                Map.of("Authorization", "Bearer " + door.all, "Content-Type", "multipart/form-data; boundary=cut");
        for (Buffer form : List.of(
                OpenApiTest.form("adapter_config.json"),
                OpenApiTest.form("adapter_config.json", "adapter_model.safetensors", "../../evil.sh"),
                OpenApiTest.form("adapter_config.json", "adapter_config.json", "adapter_model.safetensors"))) {
            assertEquals(
                    400,
                    door.ask(true, "PUT", "/admin/adapters/one", headers, form).status());
        }
        Buffer whole = OpenApiTest.form("adapter_config.json", "adapter_model.safetensors", "graft.json");
        assertEquals(
                201,
                door.ask(true, "PUT", "/admin/adapters/one", headers, whole).status());
    }

    @Test
    void noAnswerOfOneTenantGoesToAnother() throws Exception {
        backend.delayMillis = 5;
        ExecutorService tenants = Executors.newFixedThreadPool(8);
        List<Future<Integer>> all = new ArrayList<>();
        for (int tenant = 0; tenant < 8; tenant++) {
            String name = "tenant" + tenant;
            Callable<Integer> work = () -> wrongAnswers(name, 60);
            all.add(tenants.submit(work));
        }
        for (Future<Integer> each : all) {
            assertEquals(0, each.get());
        }
        tenants.shutdown();
    }

    private int wrongAnswers(String name, int times) throws Exception {
        int wrong = 0;
        for (int i = 0; i < times; i++) {
            String secret = name + "-" + i;
            boolean stream = i % 2 == 0;
            Door.Answer answer = door.post(
                    "/v1/completions",
                    "{\"model\":\"" + name + "\",\"prompt\":\"" + secret + "\",\"stream\":" + stream + "}");
            StringBuilder text = new StringBuilder();
            for (String event : stream ? Door.events(answer) : List.of(answer.text())) {
                text.append(
                        event.equals("[DONE]")
                                ? ""
                                : choice(new JsonObject(event)).getString("text"));
            }
            wrong += text.toString().equals(name + ":" + secret) ? 0 : 1;
        }
        return wrong;
    }

    @Test
    void metricsCountWithoutNamesThatClientsChoose() throws Exception {
        door.ask(false, "GET", "/v1/chosen-by-a-client", Map.of(), null);
        door.post("/v1/classify", "{\"model\":\"one\",\"input\":\"a\"}");
        String metrics =
                door.ask(true, "GET", "/metrics", Door.key(door.all), null).text();
        assertTrue(metrics.contains("graft_tokens_total{kind=\"read\"} 7.0"), metrics);
        assertTrue(metrics.contains("graft_queue{queue=\"arrived\"} 3.0"), metrics);
        assertTrue(metrics.contains("route=\"/v1/classify\",status=\"200\""), metrics);
        assertFalse(metrics.contains("chosen-by-a-client"), metrics);
    }
}
