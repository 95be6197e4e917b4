package dev.graft.runtime.vertx.training;

import dev.graft.peft.spi.SettingsException;
import dev.graft.training.ReplicaSpec;
import dev.graft.training.plan.RunOrigin;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * What a training job is told, as JSON: {@code method} with {@code settings}, {@code init_adapter} or {@code on_adapter};
 * {@code data}, a folder that all leaders see or the embedded task, with its {@code data_hash} if it is to be compared;
 * {@code loss_on}; {@code training} with the keys of a run's record; and {@code base}, the fingerprint of the base that it
 * is meant for, if it is to be compared.
 */
public final class JobSpec {
    private static final Set<String> KEYS = Set.of(
            "method",
            "settings",
            "init_adapter",
            "on_adapter",
            "data",
            "data_hash",
            "loss_on",
            "training",
            "base",
            "name");

    private final JsonObject json;

    /**
     * Checks what can be seen without a base.
     *
     * @throws SettingsException if a key is unknown, one is missing, or the whole base is to be trained
     */
    public JobSpec(JsonObject json) {
        this.json = json;
        for (String key : json.fieldNames()) {
            if (!KEYS.contains(key)) {
                throw new SettingsException("a job's " + key + " is unknown; allowed: " + String.join(", ", KEYS));
            }
        }
        ReplicaSpec.refuseFull(text("method"));
        if (text("method") == null && text("init_adapter") == null) {
            throw new SettingsException("a job has no method; give one, or an init_adapter");
        }
        if (text("data") == null) {
            throw new SettingsException("a job has no data; give a folder that all nodes see, or wordnet");
        }
        object("settings");
        object("training");
    }

    /** As it was given. */
    public JsonObject json() {
        return json;
    }

    RunOrigin origin() {
        return new RunOrigin(text("method"), object("settings"), path("init_adapter"), path("on_adapter"));
    }

    String data() {
        return text("data");
    }

    String lossOn() {
        return text("loss_on") == null ? "completions" : text("loss_on");
    }

    Map<String, Object> training() {
        return object("training");
    }

    /**
     * Compares what must be compared.
     *
     * @throws SettingsException if the data or the base is another one
     */
    void compare(String dataHash, String fingerprint) {
        same("data_hash", dataHash, "the rows in " + data() + " are others than those that the job was given for");
        same("base", fingerprint, "the cluster's base is another one than the job was given for");
    }

    private void same(String key, String here, String what) {
        String wanted = text(key);
        if (wanted != null && !wanted.equals(here)) {
            throw new SettingsException("a job's " + key + " is " + wanted + ", but here it is " + here + ": " + what);
        }
    }

    private Path path(String key) {
        return text(key) == null ? null : Path.of(text(key));
    }

    private String text(String key) {
        Object value = json.getValue(key);
        if (value == null || value instanceof String) {
            return (String) value;
        }
        throw new SettingsException("a job's " + key + " is " + value + "; allowed: a text");
    }

    private Map<String, Object> object(String key) {
        Object value = json.getValue(key);
        if (value == null) {
            return Map.of();
        }
        if (value instanceof JsonObject object) {
            return plain(object);
        }
        throw new SettingsException("a job's " + key + " is " + value + "; allowed: an object");
    }

    /** Maps and lists of Java, as methods read their settings. */
    static Map<String, Object> plain(JsonObject object) {
        Map<String, Object> map = new java.util.LinkedHashMap<>();
        object.fieldNames().forEach(key -> map.put(key, plain(object.getValue(key))));
        return map;
    }

    private static Object plain(Object value) {
        if (value instanceof JsonObject object) {
            return plain(object);
        }
        if (value instanceof JsonArray array) {
            return array.stream().map(JobSpec::plain).toList();
        }
        return value;
    }
}
