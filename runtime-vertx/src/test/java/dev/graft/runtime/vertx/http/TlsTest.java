package dev.graft.runtime.vertx.http;

import static dev.graft.runtime.vertx.Futures.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.graft.runtime.vertx.cluster.BusTls;
import dev.graft.runtime.vertx.cluster.TestCertificates;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import java.nio.file.Path;
import java.util.Set;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both ports with TLS: who trusts the authority is answered, and nobody in the clear or by an old protocol. */
class TlsTest {
    @Test
    void bothPortsSpeakTlsAndNothingElse(@TempDir Path folder) throws Exception {
        Vertx vertx = Vertx.vertx();
        BusTls ours = TestCertificates.of("ours");
        try (Door door = new Door(vertx, new FakeBackend(vertx), folder, HttpOptions.Limits.DEFAULT, ours)) {
            Door.Answer text = door.post("/v1/completions", "{\"model\":\"one\",\"prompt\":\"p\"}");
            assertEquals(200, text.status(), text.text());
            assertEquals(
                    200,
                    door.ask(true, "GET", "/admin/status", Door.key(door.all), null)
                            .status());
            for (int port : new int[] {door.door.port(), door.door.adminPort()}) {
                HttpClientOptions old = Door.trusting(ours).setEnabledSecureTransportProtocols(Set.of("TLSv1.1"));
                assertThrows(Exception.class, () -> live(vertx, old, port), "TLS 1.1");
                assertThrows(Exception.class, () -> live(vertx, new HttpClientOptions(), port), "in the clear");
                HttpClientOptions others = Door.trusting(TestCertificates.of("theirs"));
                assertThrows(SSLHandshakeException.class, () -> live(vertx, others, port), "another authority");
                assertEquals(200, live(vertx, Door.trusting(ours), port), "control");
            }
        }
        get(vertx.close());
    }

    private static int live(Vertx vertx, HttpClientOptions options, int port) throws Exception {
        HttpClient client = vertx.createHttpClient(options);
        try {
            return get(client.request(HttpMethod.GET, port, "127.0.0.1", "/health/live")
                            .compose(request -> request.send(Buffer.buffer()))
                            .compose(response -> response.body().map(response)))
                    .statusCode();
        } finally {
            get(client.close());
        }
    }
}
