package dev.graft.cli;

import dev.graft.runtime.vertx.training.TrainingClient;
import dev.graft.training.TrainingStoppedException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Follows a job to its end and fetches what it left. */
final class JobFollower {
    private static final Set<String> ENDED = Set.of("done", "failed", "cancelled", "paused");

    private final TrainingClient client;
    private final Console console;
    private final Clock clock;

    JobFollower(TrainingClient client, Console console, Clock clock) {
        this.client = client;
        this.console = console;
        this.clock = clock;
    }

    /**
     * Shows progress until the job ends or is paused.
     *
     * @param output where its folder goes when it is done, or null
     * @return its last status
     * @throws TrainingStoppedException if it ends otherwise than done or paused
     */
    JsonObject follow(String id, Path output) throws IOException {
        BlockingQueue<JsonObject> events = new LinkedBlockingQueue<>();
        Runnable end = client.watch(id, events::add);
        try {
            JsonObject last = last(id, events);
            String state = last.getString("state");
            if (state.equals("failed") || state.equals("cancelled")) {
                throw new TrainingStoppedException("job " + id + " " + (state.equals("failed") ? "failed: " : "was ")
                        + last.getString("message", state) + "; graft job resume " + id
                        + " goes on from its last checkpoint");
            }
            if (state.equals("done") && output != null) {
                client.fetch(id, output);
                last.put("output", output.toString());
            }
            return last;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TrainingStoppedException("interrupted; job " + id + " goes on in the cluster");
        } finally {
            end.run();
        }
    }

    /** Events may be lost, so now and then it is asked. */
    private JsonObject last(String id, BlockingQueue<JsonObject> events) throws InterruptedException {
        Meter meter = null;
        long shown = 0;
        long read = 0;
        try {
            while (true) {
                JsonObject event = events.poll(2, TimeUnit.SECONDS);
                JsonObject now = event != null ? event : Waiting.await(client.status(id), "asking about " + id);
                if (now.containsKey("step") && now.containsKey("steps")) {
                    long step = now.getLong("step");
                    if (meter == null) {
                        meter = new Meter(console, clock, id, "steps", step, now.getLong("steps"));
                        shown = step;
                    }
                    if (step > shown) {
                        long tokens = now.getLong("tokens", 0L);
                        meter.advance(
                                step - shown,
                                Math.max(0, tokens - read),
                                String.format(Locale.ROOT, "loss %.4f", now.getDouble("loss", 0.0)));
                        shown = step;
                        read = tokens;
                    }
                }
                if (ENDED.contains(now.getString("state"))) {
                    return now;
                }
            }
        } finally {
            if (meter != null) {
                meter.close();
            }
        }
    }
}
