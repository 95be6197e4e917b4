package dev.graft.runtime.vertx.http;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** How many requests a client may send: a bucket for each that fills evenly and holds a minute's worth. */
final class Rates {
    private static final int MOST_CLIENTS = 10_000;
    private static final double MINUTE = TimeUnit.MINUTES.toNanos(1);

    private final int perMinute;
    private final LongSupplier nanos;
    private final Map<String, double[]> buckets = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, double[]> eldest) {
            return size() > MOST_CLIENTS;
        }
    };

    Rates(int perMinute) {
        this(perMinute, System::nanoTime);
    }

    Rates(int perMinute, LongSupplier nanos) {
        this.perMinute = perMinute;
        this.nanos = nanos;
    }

    /** Takes one; gives 0, or the seconds until there is one. */
    synchronized long take(String client) {
        if (perMinute == 0) {
            return 0;
        }
        double now = nanos.getAsLong();
        double[] bucket = buckets.computeIfAbsent(client, name -> new double[] {perMinute, now});
        bucket[0] = Math.min(perMinute, bucket[0] + (now - bucket[1]) / MINUTE * perMinute);
        bucket[1] = now;
        if (bucket[0] >= 1) {
            bucket[0]--;
            return 0;
        }
        return (long) Math.ceil((1 - bucket[0]) * 60 / perMinute);
    }
}
