package dev.graft.runtime.vertx.http;

import dev.graft.runtime.vertx.message.AdapterRequest;
import dev.graft.runtime.vertx.message.AdapterStatus;
import dev.graft.runtime.vertx.message.Failure;
import dev.graft.runtime.vertx.message.GenerateAnswer;
import dev.graft.runtime.vertx.message.GenerateRequest;
import dev.graft.runtime.vertx.message.Packet;
import dev.graft.runtime.vertx.message.RowsAnswer;
import dev.graft.runtime.vertx.message.RowsRequest;
import dev.graft.runtime.vertx.transport.Call;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;

/** A backend without a model: a text is what was asked for, with the adapter in front. It fails as it is told. */
final class FakeBackend implements Backend, Jobs {
    final AtomicInteger cancelled = new AtomicInteger();
    final List<GenerateRequest> texts = new ArrayList<>();
    final List<String> ids = new ArrayList<>();
    volatile Failure.Code failing;
    volatile long delayMillis;
    volatile Consumer<JsonObject> watcher;
    private final Vertx vertx;

    FakeBackend(Vertx vertx) {
        this.vertx = vertx;
    }

    @Override
    public String model() {
        return "base";
    }

    private <T> Future<T> give(T value) {
        Failure.Code code = failing;
        if (code != null) {
            return Future.failedFuture(new Failure(code, "a secret of the inside"));
        }
        Promise<T> promise = Promise.promise();
        vertx.setTimer(1 + ThreadLocalRandom.current().nextLong(delayMillis + 1), id -> promise.complete(value));
        return promise.future();
    }

    private Call call(Future<Packet> answer) {
        return new Call() {
            @Override
            public Future<Packet> answer() {
                return answer;
            }

            @Override
            public void cancel() {
                cancelled.incrementAndGet();
            }
        };
    }

    @Override
    public Call rows(String requestId, RowsRequest request) {
        List<float[]> values = request.rows().stream()
                .map(row -> new float[] {row.text().length(), 0.5f})
                .toList();
        return call(give(new RowsAnswer(request.adapter(), List.of("yes", "no"), values, 7).toPacket()));
    }

    @Override
    public Call generate(String requestId, GenerateRequest request, Function<String, Future<Void>> pieces) {
        synchronized (this) {
            texts.add(request);
            ids.add(requestId);
        }
        String said = request.prompt() != null
                ? request.prompt()
                : request.messages().get(request.messages().size() - 1).content();
        String text = request.adapter() + ":" + said;
        GenerateAnswer answer = new GenerateAnswer(request.adapter(), text, "end", 3, 5);
        if (!request.stream()) {
            return call(give(answer.toPacket()));
        }
        Future<Void> written = give(null);
        int times = said.startsWith("flood") ? 5000 : 2;
        return call(pieces(written, pieces, text, times).map(done -> answer.toPacket()));
    }

    private Future<Void> pieces(Future<Void> before, Function<String, Future<Void>> pieces, String text, int times) {
        String piece = times > 2 ? "x".repeat(100_000) : times == 2 ? text.substring(0, 2) : text.substring(2);
        return times == 0
                ? before
                : before.compose(done -> pieces.apply(piece))
                        .compose(done -> pieces(give(null), pieces, text, times - 1));
    }

    private static AdapterStatus version(String name) {
        return new AdapterStatus(name, "0123456789abcdef".repeat(4), true, true, false, 0, 2048, null);
    }

    @Override
    public Future<List<AdapterStatus>> adapters() {
        return give(List.of(version("one"), version("two")));
    }

    @Override
    public Future<AdapterStatus> publish(String name, Map<String, Buffer> files) {
        return give(version(name));
    }

    @Override
    public Future<AdapterStatus> adapter(AdapterRequest.Op op, String adapter) {
        return give(version(adapter.replaceFirst("@.*", "")));
    }

    @Override
    public Future<JsonObject> load() {
        JsonObject node = new JsonObject().put("node", "here").put("queues", new JsonObject().put("arrived", 3));
        return give(new JsonObject().put("nodes", new JsonArray().add(node)));
    }

    @Override
    public Optional<Jobs> jobs() {
        return Optional.of(this);
    }

    private static JsonObject job(String id) {
        return new JsonObject()
                .put("job", id)
                .put("state", "running")
                .put("step", 3)
                .put("steps", 9)
                .put("loss", 0.5);
    }

    @Override
    public Future<JsonObject> list() {
        JsonObject workers = new JsonObject().put("w1", new JsonObject().put("threads", 2));
        return give(
                new JsonObject().put("jobs", new JsonArray().add(job("job-1"))).put("workers", workers));
    }

    @Override
    public Future<JsonObject> submit(JsonObject spec) {
        return give(job("job-2"));
    }

    @Override
    public Future<JsonObject> status(String id) {
        return give(job(id));
    }

    @Override
    public Future<JsonObject> act(Action action, String id) {
        return give(job(id));
    }

    @Override
    public Runnable watch(String id, Consumer<JsonObject> listener) {
        watcher = listener;
        return () -> watcher = null;
    }
}
