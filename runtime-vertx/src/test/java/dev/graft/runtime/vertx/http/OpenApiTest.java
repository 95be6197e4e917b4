package dev.graft.runtime.vertx.http;

import static dev.graft.runtime.vertx.Futures.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.runtime.vertx.message.Failure;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The OpenAPI documents are true: each route with each of its statuses is asked for, and answers by its schema. */
class OpenApiTest {
    private static final Map<Integer, Failure.Code> INSIDE = Map.of(
            404, Failure.Code.NOT_FOUND,
            409, Failure.Code.CONFLICT,
            500, Failure.Code.INTERNAL,
            503, Failure.Code.BUSY,
            504, Failure.Code.DEADLINE);
    private static final Map<String, String> BODIES = Map.of(
            "/v1/completions", "{\"model\":\"base\",\"prompt\":\"p\"}",
            "/v1/chat/completions", "{\"model\":\"one\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}",
            "/v1/embeddings", "{\"model\":\"base\",\"input\":[\"a\",\"b\"]}",
            "/v1/classify", "{\"model\":\"one\",\"input\":\"a\"}",
            "/admin/jobs", "{\"method\":\"lora\",\"data\":\"wordnet\"}");
    private static final String BOUNDARY = "cut";

    @TempDir
    private Path folder;

    private final Vertx vertx = Vertx.vertx();
    private final FakeBackend backend = new FakeBackend(vertx);
    private Door usual;
    private Door full;
    private Door limited;
    private HttpClient streaming;

    @BeforeEach
    void open() throws Exception {
        usual = door("usual", Door.LIMITS);
        full = door("full", new HttpOptions.Limits(20_000, 20_000, 1000, 0, 1, 9000, 9000));
        limited = door("limited", new HttpOptions.Limits(20_000, 20_000, 1000, 1, 200, 9000, 9000));
        streaming = vertx.createHttpClient();
        assertEquals(200, get(events(full)).statusCode(), "it occupies the only place");
        limited.ask(false, "GET", "/v1/models", Door.key(limited.all), null);
    }

    private Door door(String name, HttpOptions.Limits limits) throws Exception {
        return new Door(vertx, backend, Files.createDirectories(folder.resolve(name)), limits);
    }

    private io.vertx.core.Future<HttpClientResponse> events(Door door) {
        return streaming
                .request(HttpMethod.GET, door.door.adminPort(), "127.0.0.1", "/admin/events")
                .compose(request ->
                        request.putHeader("Authorization", "Bearer " + door.all).send());
    }

    @AfterEach
    void close() throws Exception {
        get(streaming.close());
        usual.close();
        full.close();
        limited.close();
        get(vertx.close());
    }

    @Test
    void eachStatusOfEachRouteIsAsTheDocumentSays() throws Exception {
        int checked = 0;
        for (boolean admin : new boolean[] {false, true}) {
            JsonObject document =
                    usual.ask(admin, "GET", "/openapi.json", Map.of(), null).json();
            SchemaCheck check = new SchemaCheck(document);
            for (Map.Entry<String, Object> path : document.getJsonObject("paths")) {
                for (Map.Entry<String, Object> operation : (JsonObject) path.getValue()) {
                    JsonObject responses = ((JsonObject) operation.getValue()).getJsonObject("responses");
                    for (String status : responses.fieldNames()) {
                        verify(admin, operation.getKey(), path.getKey(), responses, status, check);
                        checked++;
                    }
                }
            }
        }
        assertTrue(checked > 150, checked + " answers");
    }

    private void verify(
            boolean admin, String method, String path, JsonObject responses, String status, SchemaCheck check)
            throws Exception {
        String what = method + " " + path + " " + status;
        Door.Answer answer = provoke(admin, method.toUpperCase(Locale.ROOT), path, Integer.parseInt(status));
        backend.failing = null;
        if (answer == null) {
            return;
        }
        assertEquals(Integer.parseInt(status), answer.status(), what + ": " + answer.text());
        assertNotNull(answer.headers().get("X-Request-Id"), what);
        String type = answer.headers().get("Content-Type").split(";")[0];
        JsonObject media =
                responses.getJsonObject(status).getJsonObject("content").getJsonObject(type);
        assertNotNull(media, what + " has the type " + type);
        if (media.containsKey("schema")) {
            assertNull(check.wrong(media.getJsonObject("schema"), answer.json(), what));
        }
    }

    private Door.Answer provoke(boolean admin, String method, String path, int status) throws Exception {
        String asked = path.replace("{adapter}", "one")
                .replace("{model}", "one")
                .replace("{job}", "job-1")
                .replace("/{action}", path.contains("jobs") ? "/pause" : "/load");
        Map<String, String> headers = new LinkedHashMap<>(Door.key(usual.all));
        Buffer body = body(method, path, headers);
        switch (status) {
            case 400 -> {
                asked = path.replaceAll("\\{(adapter|model|job)}", "..%2f..%2fetc")
                        .replace("{action}", path.contains("jobs") ? "pause" : "load");
                body = body == null ? null : Buffer.buffer("{");
            }
            case 401 -> headers.remove("Authorization");
            case 403 -> {
                headers.put("Authorization", "Bearer " + usual.none);
                headers.put("Origin", "http://elsewhere.example");
            }
            case 413 -> body = Buffer.buffer(new byte[30_000]);
            case 415 -> headers.put("Content-Type", "text/plain");
            case 429 -> {
                headers.put("Authorization", "Bearer " + limited.all);
                return limited.ask(admin, method, asked, headers, body);
            }
            default -> backend.failing = INSIDE.get(status);
        }
        if (status == 503 && !path.startsWith("/health")) {
            backend.failing = null;
            headers.put("Authorization", "Bearer " + full.all);
            return full.ask(admin, method, asked, headers, body);
        }
        if (status == 200 && path.endsWith("/events")) {
            return endless(path, asked);
        }
        return usual.ask(admin, method, asked, headers, body);
    }

    /** A stream is read by the test of jobs; here its head counts. */
    private Door.Answer endless(String path, String asked) throws Exception {
        HttpClientResponse response = get(streaming
                .request(HttpMethod.GET, usual.door.adminPort(), "127.0.0.1", asked)
                .compose(request -> request.putHeader("Authorization", "Bearer " + usual.all)
                        .send()));
        assertEquals(200, response.statusCode(), path);
        assertEquals("text/event-stream; charset=utf-8", response.getHeader("Content-Type"), path);
        response.request().connection().close();
        return null;
    }

    private static Buffer body(String method, String path, Map<String, String> headers) {
        if (method.equals("PUT")) {
            headers.put("Content-Type", "multipart/form-data; boundary=" + BOUNDARY);
            return form("adapter_config.json", "adapter_model.safetensors");
        }
        return method.equals("POST") && BODIES.containsKey(path) ? Buffer.buffer(BODIES.get(path)) : null;
    }

    static Buffer form(String... names) {
        Buffer form = Buffer.buffer();
        for (String name : names) {
            form.appendString("--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + name
                    + "\"\r\nContent-Type: application/octet-stream\r\n\r\n{}\r\n");
        }
        return form.appendString("--" + BOUNDARY + "--\r\n");
    }
}
