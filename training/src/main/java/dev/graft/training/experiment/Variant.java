package dev.graft.training.experiment;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A method with all its settings: one row of a report.
 *
 * @param name for people; no other variant of the experiment has it
 * @param method id of a method or baseline
 * @param entry number of the entry of the file that it comes from
 * @param settings of the method, grid values among them
 * @param axes the grid's keys with their values, as texts; empty without a grid
 * @param rates learning rates to try, or null for those around the method's own
 */
public record Variant(
        String name,
        String method,
        int entry,
        Map<String, Object> settings,
        Map<String, String> axes,
        List<Double> rates) {
    /** Copies the maps. */
    public Variant {
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
        axes = Collections.unmodifiableMap(new LinkedHashMap<>(axes));
        rates = rates == null ? null : List.copyOf(rates);
    }
}
