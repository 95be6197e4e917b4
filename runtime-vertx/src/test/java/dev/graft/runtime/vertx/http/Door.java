package dev.graft.runtime.vertx.http;

import static dev.graft.runtime.vertx.Futures.get;

import com.google.inject.AbstractModule;
import com.google.inject.Guice;
import dev.graft.runtime.vertx.cluster.BusTls;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.PemTrustOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** An open door on a backend that a test gives, with keys, and a client of it. */
final class Door implements AutoCloseable {
    static final HttpOptions.Limits LIMITS = new HttpOptions.Limits(20_000, 20_000, 1000, 0, 200, 1500, 1500);

    /** An answer, whole. */
    record Answer(int status, Map<String, String> headers, Buffer body) {
        String text() {
            return body.toString();
        }

        io.vertx.core.json.JsonObject json() {
            return body.toJsonObject();
        }
    }

    final Vertx vertx;
    final HttpDoor door;
    final String all;
    final String none;
    final String one;
    private final HttpClient client;

    Door(Vertx vertx, Backend backend, Path folder, HttpOptions.Limits limits) throws Exception {
        this(vertx, backend, folder, limits, null);
    }

    /** With TLS, if a certificate is given; the client trusts its authority and no other. */
    Door(Vertx vertx, Backend backend, Path folder, HttpOptions.Limits limits, BusTls tls) throws Exception {
        this.vertx = vertx;
        Path keys = folder.resolve("keys.json");
        all = ApiKeys.add(keys, "all", Set.of(Scope.values()), Set.of());
        none = ApiKeys.add(keys, "none", Set.of(), Set.of());
        one = ApiKeys.add(keys, "one", Set.of(Scope.values()), Set.of("one"));
        door = Guice.createInjector(
                        new HttpModule(new HttpOptions(
                                "127.0.0.1",
                                0,
                                0,
                                keys,
                                tls == null ? null : tls.certificate(),
                                tls == null ? null : tls.key(),
                                limits)),
                        new AbstractModule() {
                            @Override
                            protected void configure() {
                                bind(Vertx.class).toInstance(vertx);
                                bind(Backend.class).toInstance(backend);
                            }
                        })
                .getInstance(HttpDoor.class);
        get(door.start());
        client = vertx.createHttpClient(
                tls == null ? new HttpClientOptions() : trusting(tls), new PoolOptions().setHttp1MaxSize(64));
    }

    static HttpClientOptions trusting(BusTls tls) {
        return new HttpClientOptions()
                .setSsl(true)
                .setTrustOptions(
                        new PemTrustOptions().addCertPath(tls.authority().toString()));
    }

    Answer ask(boolean admin, String method, String path, Map<String, String> headers, Buffer body) throws Exception {
        RequestOptions options = new RequestOptions()
                .setHost("127.0.0.1")
                .setPort(admin ? door.adminPort() : door.port())
                .setMethod(HttpMethod.valueOf(method))
                .setURI(path);
        return get(client.request(options).compose(request -> {
            headers.forEach(request::putHeader);
            return (body == null ? request.send() : request.send(body))
                    .compose(response ->
                            response.body().map(bytes -> new Answer(response.statusCode(), headers(response), bytes)));
        }));
    }

    private static Map<String, String> headers(io.vertx.core.http.HttpClientResponse response) {
        Map<String, String> headers = new java.util.TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        response.headers().forEach(entry -> headers.put(entry.getKey(), entry.getValue()));
        return headers;
    }

    static Map<String, String> key(String key) {
        return Map.of("Authorization", "Bearer " + key, "Content-Type", "application/json");
    }

    Answer post(String path, String json) throws Exception {
        return ask(false, "POST", path, key(all), Buffer.buffer(json));
    }

    /** The data of all events. */
    static List<String> events(Answer answer) {
        return answer.text()
                .lines()
                .filter(line -> line.startsWith("data: "))
                .map(line -> line.substring(6))
                .toList();
    }

    @Override
    public void close() throws Exception {
        get(client.close());
        get(door.stop());
    }
}
