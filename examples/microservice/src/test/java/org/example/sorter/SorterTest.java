package org.example.sorter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.peft.testkit.TinyFamilies;
import dev.graft.transformer.model.BaseModel;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** It learns to sort, and while it learns more no text is lost. */
class SorterTest {
    private final HttpClient client = HttpClient.newHttpClient();

    @TempDir
    Path work;

    private JsonObject ask(Sorter sorter, String path, String body) throws Exception {
        URI at = URI.create("http://127.0.0.1:" + sorter.port() + path);
        HttpRequest request = HttpRequest.newBuilder(at).POST(BodyPublishers.ofString(body)).build();
        HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
        assertEquals(200, answer.statusCode(), answer.body());
        return new JsonObject(answer.body());
    }

    private static String rows(String... textsAndLabels) {
        JsonArray rows = new JsonArray();
        for (int i = 0; i < textsAndLabels.length; i += 2) {
            rows.add(new JsonObject().put("text", textsAndLabels[i]).put("label", textsAndLabels[i + 1]));
        }
        return rows.encode();
    }

    @Test
    void aNewerVersionTakesOverAndNoTextIsLost() throws Exception {
        Vertx vertx = Vertx.vertx();
        Sorter sorter = Sorter.open(vertx, BaseModel.open(TinyFamilies.write("bert", work.resolve("base"), 1)), work, 0);
        String first = ask(sorter, "/learn", rows("balo demi", "ships", "kasa huti", "hills")).getString("version");
        assertEquals("hills", ask(sorter, "/sort", "kasa huti").getString("label"));

        AtomicBoolean over = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Future<List<String>>> askers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            askers.add(threads.submit(() -> {
                List<String> versions = new ArrayList<>();
                while (!over.get()) {
                    versions.add(ask(sorter, "/sort", "balo demi").getString("version"));
                }
                return versions;
            }));
        }
        String second = ask(sorter, "/learn", rows("fine goru", "lakes")).getString("version");
        Thread.sleep(300);
        over.set(true);
        for (Future<List<String>> asker : askers) {
            List<String> versions = asker.get(); // fails if a text had no answer
            int taken = versions.indexOf(second);
            assertTrue(taken > 0, "both versions sorted");
            assertTrue(versions.subList(0, taken).stream().allMatch(first::equals));
            assertTrue(versions.subList(taken, versions.size()).stream().allMatch(second::equals));
        }
        assertEquals("lakes", ask(sorter, "/sort", "fine goru").getString("label"));
        threads.shutdown();
        vertx.close().toCompletionStage().toCompletableFuture().get();
    }
}
