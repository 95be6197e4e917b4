package dev.graft.runtime.vertx.training;

import dev.graft.training.Evaluation;
import dev.graft.training.TrainingListener;
import io.vertx.core.json.JsonObject;
import java.util.function.Consumer;

/** How far a job is, as others see it. Changed by the job's thread, read by any. */
final class JobStatus implements TrainingListener {
    private final String id;
    private final Consumer<JsonObject> events;
    private JsonObject now;
    private long begin = System.nanoTime();
    private long tokens;
    private long first = -1;

    JobStatus(String id, Consumer<JsonObject> events) {
        this.id = id;
        this.events = events;
        now = new JsonObject().put("job", id).put("state", "queued");
    }

    /** As JSON that nobody changes. */
    synchronized JsonObject json() {
        return now.copy();
    }

    /** The job is in another state. */
    synchronized void state(String state, String message) {
        now = now.copy().put("state", state);
        if (message == null) {
            now.remove("message");
        } else {
            now.put("message", message);
        }
        events.accept(json());
    }

    /** It goes on after a step. */
    synchronized void from(long step, long total) {
        begin = System.nanoTime();
        tokens = 0;
        first = step;
        now = now.copy().put("step", step).put("steps", total);
        state("running", null);
    }

    @Override
    public synchronized void step(long step, long total, double loss, long read) {
        tokens += read;
        double seconds = Math.max(1e-3, (System.nanoTime() - begin) / 1e9);
        now = now.copy()
                .put("step", step)
                .put("steps", total)
                .put("loss", loss)
                .put("tokens", tokens)
                .put("tokens_per_s", Math.round(tokens / seconds))
                .put("seconds_left", Math.round(seconds / (step - first) * (total - step)));
        events.accept(json());
    }

    @Override
    public synchronized void evaluation(long step, Evaluation evaluation, boolean best) {
        now = now.copy()
                .put(
                        "validation",
                        new JsonObject(evaluation.toMap()).put("step", step).put("best", best));
        events.accept(json());
    }

    /** Time of the last steps that was spent outside the workers, for reports. */
    synchronized void figure(String name, Object value) {
        now = now.copy().put(name, value);
    }

    double seconds() {
        return (System.nanoTime() - begin) / 1e9;
    }

    synchronized double tokensPerSecond() {
        return tokens / Math.max(1e-3, seconds());
    }
}
