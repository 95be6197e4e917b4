package dev.graft.training;

import dev.graft.peft.spi.SettingsException;
import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.peft.spi.file.Json;
import dev.graft.transformer.model.Adapter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a worker needs to make its copy of an adapter that is trained elsewhere.
 *
 * @param method id of the method
 * @param settings all of them
 * @param labels the classes, in the order of the logits; empty without a head
 * @param perToken true for classes of tokens
 * @param seed of the run: of values that are made again, and of dropout
 */
public record ReplicaSpec(
        String method, Map<String, Object> settings, List<String> labels, boolean perToken, long seed) {
    /**
     * Of a run's adapter.
     *
     * @throws SettingsException if the whole base is trained
     */
    public static ReplicaSpec of(Adapter adapter, long seed) {
        refuseFull(adapter.method());
        return new ReplicaSpec(adapter.method(), adapter.settings(), adapter.labels(), adapter.perToken(), seed);
    }

    /**
     * Says why the whole base is not trained on several machines.
     *
     * @throws SettingsException if the method is {@value Adapter#FULL}
     */
    public static void refuseFull(String method) {
        if (Adapter.FULL.equals(method)) {
            throw new SettingsException(
                    "the method is full, which trains a copy of the whole base; a cluster trains "
                            + "adapters only: with full every step would send the whole base to every worker, and every "
                            + "micro-batch would send a gradient as large back; use graft train for it, or another method here");
        }
    }

    /** As JSON. */
    public String toJson() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("method", method);
        map.put("settings", settings);
        map.put("labels", labels);
        map.put("per_token", perToken);
        map.put("seed", seed);
        return Json.line(map);
    }

    /**
     * Reads what {@link #toJson} wrote.
     *
     * @throws FileFormatException if it is something else
     */
    @SuppressWarnings("unchecked")
    public static ReplicaSpec parse(String json) throws FileFormatException {
        Path source = Path.of("replica");
        Map<String, Object> map = Json.parse(source, json);
        try {
            return new ReplicaSpec(
                    (String) map.get("method"),
                    (Map<String, Object>) map.get("settings"),
                    (List<String>) map.get("labels"),
                    (Boolean) map.get("per_token"),
                    ((Number) map.get("seed")).longValue());
        } catch (ClassCastException | NullPointerException e) {
            throw new FileFormatException(source, "is damaged: " + e.getMessage(), e);
        }
    }
}
