package dev.graft.runtime.vertx.training;

import dev.graft.peft.spi.SettingsException;
import dev.graft.peft.spi.file.GraftNotes;
import dev.graft.runtime.vertx.message.TrainingRow;
import dev.graft.training.EncodedRows;
import dev.graft.training.LearningRates;
import dev.graft.training.RunFolder;
import dev.graft.training.TrainingSession;
import dev.graft.training.TrainingSettings;
import dev.graft.training.TrainingStoppedException;
import dev.graft.training.plan.Build;
import dev.graft.training.plan.GivenSettings;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.AdapterFolder;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A session of fine-grained training while this node leads. Calls are numbered from 1: the next one is done, an earlier one
 * gets its answer again, and of a later one it is said which is expected, so that the client repeats what a former leader
 * took along. A checkpoint is kept at each step of the optimizer, before it is answered.
 */
final class RunningSession implements AutoCloseable {
    private final RunningJob.Shared shared;
    private final JobFolder folder;
    private final Adapter adapter;
    private final TrainingSession session;
    private final RunFolder store;
    private final GraftNotes notes;
    private final PooledEngine engine;
    private final Map<Long, JsonObject> answers = new TreeMap<>();
    private long done;

    RunningSession(RunningJob.Shared shared, JobFolder folder) throws IOException {
        this.shared = shared;
        this.folder = folder;
        SessionSpec spec = new SessionSpec(folder.spec());
        long seed = GivenSettings.seed(spec.training());
        adapter = Adapter.create(shared.base(), shared.methods(), spec.method(), spec.settings(), spec.labels(), seed);
        TrainingSettings settings = GivenSettings.read(
                spec.training(),
                spec.method(),
                LearningRates.of(shared.methods(), spec.method()),
                EncodedRows.mostTokens(shared.base(), adapter));
        notes = new GraftNotes(
                Build.get("version"),
                shared.base().fingerprint(),
                shared.base().tokenizer().hash(),
                settings.seed(),
                null,
                spec.labels(),
                settings.maxLength(),
                Map.of("pooling", shared.base().pooling()),
                settings.toMap());
        Path run = folder.begin(shared.term());
        Map<String, Object> identity = Map.of("session", spec.json().encode());
        session = new TrainingSession(shared.base(), adapter, settings, shared.workers());
        boolean known = Files.exists(run.resolve("run.json"));
        store = known
                ? RunFolder.open(run, shared.base(), notes, identity)
                : RunFolder.create(run, shared.base(), notes, identity);
        store.begin();
        session.restore(store);
        done = session.calls();
        engine = new PooledEngine(folder.id(), shared.pool(), adapter, settings.seed());
    }

    Parcel values(String kind, long version) {
        return engine.values(kind, version);
    }

    /** Does a call, or says what became of it. */
    synchronized JsonObject call(JsonObject head) throws IOException {
        long number = head.getLong("call");
        if (number <= done) {
            JsonObject answer = answers.get(number);
            return answer != null
                    ? answer
                    : new JsonObject().put("steps", session.steps()).put("earlier", true);
        }
        if (number > done + 1) {
            return new JsonObject().put("expected", done + 1);
        }
        JsonObject answer = answer(number, head);
        done = number;
        answers.put(number, answer);
        return answer;
    }

    /** A call that is wrong has its number too: its answer is what is wrong, and the next one follows it. */
    private JsonObject answer(long number, JsonObject head) throws IOException {
        JsonObject answer = new JsonObject();
        try {
            switch (String.valueOf(head.getString("do"))) {
                case "forward_backward" -> answer.put("loss", forwardBackward(number, head.getJsonArray("rows")));
                case "optimizer_step" -> answer.put("steps", optimizerStep(number, head.getDouble("learning_rate")));
                case "save" -> {
                    AdapterFolder.save(folder.result(), shared.base(), adapter, notes, true);
                    answer.put("steps", session.steps());
                }
                default ->
                    throw new SettingsException(
                            "do is '" + head.getString("do") + "'; allowed: forward_backward, optimizer_step, save");
            }
        } catch (SettingsException | TrainingStoppedException e) {
            answer.put("error", e.getMessage());
        }
        return answer;
    }

    private double forwardBackward(long number, JsonArray rows) {
        if (rows == null || rows.isEmpty()) {
            throw new SettingsException("a batch has no rows; give at least one");
        }
        List<JsonObject> objects = rows.stream().map(JsonObject.class::cast).toList();
        return adapter.labels().isEmpty()
                ? session.complete(
                        number, objects.stream().map(TrainingRow::completed).toList(), engine)
                : session.classify(
                        number, objects.stream().map(TrainingRow::labelled).toList(), engine);
    }

    private long optimizerStep(long number, Double rate) throws IOException {
        if (rate != null && !(rate >= 0 && rate < Double.POSITIVE_INFINITY)) {
            throw new SettingsException("learning_rate is " + rate + "; allowed: a number from 0");
        }
        long steps = session.optimize(rate);
        session.checkpoint(store, number);
        answers.clear();
        return steps;
    }

    @Override
    public synchronized void close() throws IOException {
        session.close();
        adapter.close();
        store.close();
    }
}
