package dev.graft.runtime.vertx.training;

import dev.graft.runtime.vertx.message.Failure;
import dev.graft.runtime.vertx.transport.Endpoint;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;

/**
 * A training loop of one's own against a cluster: gradients of batches, steps of the optimizer, all as futures on one named
 * adapter. Calls are done in the order in which they are made. Each has a number, so none is done twice, and those since the
 * last step of the optimizer are kept and repeated where a leader took them along when it died.
 */
public final class SessionClient {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Wire wire;
    private final String name;
    private final TreeMap<Long, JsonObject> sinceStep = new TreeMap<>();
    private Future<JsonObject> last;
    private long count;

    /**
     * Opens a session; the same name and text again is the same session, for one client at a time from its start.
     *
     * @param name small letters, digits and -
     */
    public SessionClient(Vertx vertx, Endpoint endpoint, String name, SessionSpec spec) {
        wire = new Wire(vertx, endpoint);
        this.name = name;
        last = send(new JsonObject().put("kind", "session").put("job", name).put("spec", spec.json()));
    }

    /** Adds the gradient of rows, as objects of a data file: text and label, or prompt and completion; gives the mean loss. */
    public Future<Double> forwardBackward(List<JsonObject> rows) {
        JsonObject head = new JsonObject().put("do", "forward_backward").put("rows", new JsonArray(rows));
        return call(head).map(answer -> answer.getDouble("loss"));
    }

    /** Changes the adapter with the session's learning rate; gives the number of steps so far. */
    public Future<Long> optimizerStep() {
        return call(new JsonObject().put("do", "optimizer_step")).map(answer -> answer.getLong("steps"));
    }

    /** The same with a learning rate of its own. */
    public Future<Long> optimizerStep(double learningRate) {
        JsonObject head = new JsonObject().put("do", "optimizer_step").put("learning_rate", learningRate);
        return call(head).map(answer -> answer.getLong("steps"));
    }

    /** Writes the adapter where {@link TrainingClient#fetch} finds it, by {@link #id}. */
    public Future<Void> save() {
        return call(new JsonObject().put("do", "save")).mapEmpty();
    }

    /** The session among jobs. */
    public String id() {
        return name;
    }

    private synchronized Future<JsonObject> call(JsonObject head) {
        long number = ++count;
        head.put("kind", "call").put("job", name).put("call", number);
        Future<JsonObject> done = last.transform(
                before -> before.failed() && number == 1 ? Future.failedFuture(before.cause()) : attempt(number, head));
        last = done;
        return done;
    }

    private Future<JsonObject> attempt(long number, JsonObject head) {
        synchronized (this) {
            sinceStep.put(number, head);
        }
        return send(head).compose(answer -> {
            Long expected = answer.getLong("expected");
            if (expected != null) {
                return again(expected, number).compose(done -> attempt(number, head));
            }
            if (head.getString("do").equals("optimizer_step") && !answer.containsKey("error")) {
                synchronized (this) {
                    sinceStep.headMap(number, true).clear();
                }
            }
            String error = answer.getString("error");
            return error == null
                    ? Future.succeededFuture(answer)
                    : Future.failedFuture(new Failure(Failure.Code.BAD_REQUEST, error));
        });
    }

    /** Repeats what is missing before a call. */
    private Future<Void> again(long from, long before) {
        if (from >= before) {
            return Future.succeededFuture();
        }
        JsonObject head;
        synchronized (this) {
            head = sinceStep.get(from);
        }
        return head == null
                ? Future.failedFuture("call " + from + " of session " + name + " was lost and is not kept any more")
                : send(head).compose(done -> again(from + 1, before));
    }

    private Future<JsonObject> send(JsonObject head) {
        return wire.ask(Addresses.USUAL.jobs(), Parcel.of(head), PATIENCE).map(Parcel::head);
    }
}
