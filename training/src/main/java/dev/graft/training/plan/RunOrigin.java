package dev.graft.training.plan;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a run is told to start from: a method with its settings, or an adapter that brings both.
 *
 * @param method id of a method or baseline, or null
 * @param settings of the method; empty for its defaults
 * @param initAdapter folder of an adapter to train on, or null
 * @param onAdapter folder of an adapter to stand on, or null
 */
public record RunOrigin(String method, Map<String, Object> settings, Path initAdapter, Path onAdapter) {
    /** Copies the settings. */
    public RunOrigin {
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    }
}
