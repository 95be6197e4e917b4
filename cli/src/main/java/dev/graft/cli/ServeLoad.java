package dev.graft.cli;

import dev.graft.peft.spi.SettingsException;
import dev.graft.runtime.vertx.client.ModelClient;
import dev.graft.runtime.vertx.message.AdapterStatus;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Asks a served model again and again, and keeps the time of each answer. */
final class ServeLoad {
    private static final List<String> WORDS =
            List.of("the a river lake is deep and wide near to mountain small house of old stone wind over green field"
                    .split(" "));

    private final ModelClient client;
    private final List<String> names;
    private final int askers;
    private final double rate;
    private final int words;
    private final AtomicLong number = new AtomicLong();

    /** Asks with so many of its adapters in turn, or with the base alone. */
    ServeLoad(ModelClient client, int adapters, int askers, double rate, int words) throws IOException {
        this.client = client;
        this.askers = askers;
        this.rate = rate;
        this.words = words;
        List<String> known = Waiting.value(client.adapters()).stream()
                .filter(AdapterStatus::newest)
                .map(AdapterStatus::name)
                .sorted()
                .toList();
        if (known.size() < adapters) {
            throw new SettingsException("--adapters-in-turn is " + adapters + ", but the model has " + known.size());
        }
        this.names = known.subList(0, adapters);
    }

    /** Asks for some seconds; the result has the rate, errors, and percentiles of the time of an answer in ms. */
    Map<String, Object> run(double seconds) {
        List<Long> times = Collections.synchronizedList(new ArrayList<>());
        AtomicLong failed = new AtomicLong();
        long begin = System.nanoTime();
        long until = begin + (long) (seconds * 1e9);
        CountDownLatch open = rate > 0 ? paced(begin, until, times, failed) : waiting(until, times, failed);
        await(open);
        double took = (System.nanoTime() - begin) / 1e9;
        long[] sorted = times.stream().mapToLong(Long::longValue).sorted().toArray();
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("requests_per_s", Math.round(sorted.length / took * 10) / 10.0);
        result.put("answers", sorted.length);
        result.put("failed", failed.get());
        for (int percent : new int[] {50, 90, 95, 99}) {
            result.put("p" + percent + "_ms", sorted.length == 0 ? null : millis(sorted, percent));
        }
        return result;
    }

    private static double millis(long[] sorted, int percent) {
        return Math.round(sorted[Math.min(sorted.length - 1, sorted.length * percent / 100)] / 1e4) / 100.0;
    }

    /** Each asker asks again when it has its answer. */
    private CountDownLatch waiting(long until, List<Long> times, AtomicLong failed) {
        CountDownLatch open = new CountDownLatch(askers);
        for (int i = 0; i < askers; i++) {
            again(until, times, failed, open);
        }
        return open;
    }

    private void again(long until, List<Long> times, AtomicLong failed, CountDownLatch open) {
        if (System.nanoTime() >= until) {
            open.countDown();
            return;
        }
        ask(System.nanoTime(), times, failed, () -> again(until, times, failed, open));
    }

    /** Requests leave at their time, however many are under way; a late one counts from when it should have left. */
    private CountDownLatch paced(long begin, long until, List<Long> times, AtomicLong failed) {
        int count = (int) ((until - begin) / 1e9 * rate);
        CountDownLatch open = new CountDownLatch(count);
        for (int i = 0; i < count; i++) {
            long due = begin + (long) (i * 1e9 / rate);
            long left = due - System.nanoTime();
            if (left > 0) {
                pause(left);
            }
            ask(due, times, failed, open::countDown);
        }
        return open;
    }

    private void ask(long from, List<Long> times, AtomicLong failed, Runnable then) {
        long mine = number.getAndIncrement();
        String adapter = names.isEmpty() ? null : names.get((int) (mine % names.size()));
        List<String> text = List.of(text(mine));
        (names.isEmpty() ? client.embed(null, text) : client.classify(adapter, text)).onComplete(answer -> {
            if (answer.succeeded()) {
                times.add(System.nanoTime() - from);
            } else {
                failed.incrementAndGet();
            }
            then.run();
        });
    }

    private String text(long seed) {
        Random random = new Random(seed);
        String[] chosen = new String[words];
        Arrays.setAll(chosen, i -> WORDS.get(random.nextInt(WORDS.size())));
        return String.join(" ", chosen);
    }

    private static void pause(long nanos) {
        try {
            TimeUnit.NANOSECONDS.sleep(nanos);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void await(CountDownLatch open) {
        try {
            open.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
