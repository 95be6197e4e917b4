package dev.graft.runtime.vertx.training;

import dev.graft.peft.spi.SettingsException;
import dev.graft.training.ReplicaSpec;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a session of fine-grained training is told: {@code method} with {@code settings}, the {@code labels} of a
 * classification (none for texts that are completed), and {@code training}, of which learning_rate, weight_decay,
 * max_grad_norm, micro_batch, max_length, max_steps (for methods that plan ahead) and seed count.
 *
 * @param json as it was given
 */
public record SessionSpec(JsonObject json) {
    private static final Set<String> KEYS = Set.of("method", "settings", "labels", "training");

    /**
     * Checks what can be seen without a base.
     *
     * @throws SettingsException if a key is unknown, the method is missing, or the whole base is to be trained
     */
    public SessionSpec {
        for (String key : json.fieldNames()) {
            if (!KEYS.contains(key)) {
                throw new SettingsException("a session's " + key + " is unknown; allowed: " + String.join(", ", KEYS));
            }
        }
        if (!(json.getValue("method") instanceof String)) {
            throw new SettingsException("a session has no method; give its id");
        }
        ReplicaSpec.refuseFull(json.getString("method"));
    }

    String method() {
        return json.getString("method");
    }

    Map<String, Object> settings() {
        return JobSpec.plain(json.getJsonObject("settings", new JsonObject()));
    }

    Map<String, Object> training() {
        return JobSpec.plain(json.getJsonObject("training", new JsonObject()));
    }

    List<String> labels() {
        return json.getJsonArray("labels", new JsonArray()).stream()
                .map(String::valueOf)
                .toList();
    }
}
