package dev.graft.runtime.vertx.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What the door counts, for Prometheus and for the page. Names of meters are a fixed set: clients cannot make new ones. */
final class Meters {
    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final AtomicInteger going = registry.gauge("graft.http.requests.going", new AtomicInteger());
    private final Counter read = registry.counter("graft.tokens", "kind", "read");
    private final Counter written = registry.counter("graft.tokens", "kind", "written");
    private final Map<String, AtomicLong> queues = new ConcurrentHashMap<>();
    private final ArrayDeque<long[]> recent = new ArrayDeque<>(); // time, requests, tokens

    Meters() {
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
    }

    int begun() {
        return going.incrementAndGet();
    }

    void ended(String route, int status, long nanos) {
        going.decrementAndGet();
        Timer.builder("graft.http.request")
                .tag("route", route)
                .tag("status", Integer.toString(status))
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofMillis(1))
                .maximumExpectedValue(Duration.ofMinutes(1))
                .register(registry)
                .record(nanos, TimeUnit.NANOSECONDS);
        if (route.startsWith("/v1/")) {
            remember(1, 0);
        }
    }

    void tokens(int prompt, int completion) {
        read.increment(prompt);
        written.increment(completion);
        remember(0, prompt + completion);
    }

    private synchronized void remember(long requests, long tokens) {
        long now = System.nanoTime();
        recent.add(new long[] {now, requests, tokens});
        while (now - recent.peek()[0] > WINDOW_NANOS) {
            recent.poll();
        }
    }

    /** Of the last ten seconds: {@code {"requests_per_s", "tokens_per_s"}}. */
    synchronized JsonObject throughput() {
        long now = System.nanoTime();
        long requests = 0;
        long tokens = 0;
        for (long[] each : recent) {
            if (now - each[0] <= WINDOW_NANOS) {
                requests += each[1];
                tokens += each[2];
            }
        }
        double seconds = WINDOW_NANOS / 1e9;
        return new JsonObject().put("requests_per_s", requests / seconds).put("tokens_per_s", tokens / seconds);
    }

    /** Takes over how much waits, see {@link Backend#load}. */
    void queues(JsonObject load) {
        queues.values().forEach(each -> each.set(0));
        for (Object each : load.getJsonArray("nodes", new io.vertx.core.json.JsonArray())) {
            JsonObject lengths = ((JsonObject) each).getJsonObject("queues", new JsonObject());
            lengths.forEach(entry -> queues.computeIfAbsent(entry.getKey(), this::queue)
                    .addAndGet(((Number) entry.getValue()).longValue()));
        }
    }

    private AtomicLong queue(String name) {
        AtomicLong length = new AtomicLong();
        Gauge.builder("graft.queue", length, AtomicLong::get).tag("queue", name).register(registry);
        return length;
    }

    String scrape() {
        return registry.scrape();
    }

    void close() {
        registry.close();
    }
}
