package dev.graft.training.experiment;

import dev.graft.training.compare.LossPoint;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one run of an experiment gave: a row of its results.
 *
 * @param base as in the experiment
 * @param data name of the data
 * @param variant that was trained
 * @param seed of the run
 * @param learningRate that was found best
 * @param failure why there are no figures, or null
 * @param figures name and value; a repetition gives the same, bit for bit
 * @param measured times and memory, which differ from one repetition to the next
 * @param run folder of the run's record, below the experiment's folder
 * @param command that does the run again
 * @param scores one for each test row, larger is better; empty if the run failed
 * @param losses of the training steps
 */
public record Result(
        String base,
        String data,
        Variant variant,
        long seed,
        double learningRate,
        String failure,
        Map<String, Object> figures,
        Map<String, Object> measured,
        String run,
        String command,
        double[] scores,
        List<LossPoint> losses) {
    /** Copies the maps and the list. */
    public Result {
        figures = Collections.unmodifiableMap(new LinkedHashMap<>(figures));
        measured = Collections.unmodifiableMap(new LinkedHashMap<>(measured));
        losses = List.copyOf(losses);
    }

    /** A figure, or NaN if the run has none of that name. */
    public double figure(String name) {
        Object value = figures.containsKey(name) ? figures.get(name) : measured.get(name);
        return value instanceof Number number ? number.doubleValue() : Double.NaN;
    }

    /** What determines the run and what came out: the part of a row that a repetition gives again. */
    Map<String, Object> repeatable(String experiment) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("experiment", experiment);
        line.put("base", base);
        line.put("data", data);
        line.put("name", variant.name());
        line.put("method", variant.method());
        line.put("settings", variant.settings());
        line.put("seed", seed);
        line.put("learning_rate", learningRate);
        line.put("status", failure == null ? "done" : "failed");
        if (failure != null) {
            line.put("reason", failure);
        }
        line.put("figures", figures);
        line.put("run", run);
        return line;
    }

    /** The whole row. */
    Map<String, Object> line(String experiment) {
        Map<String, Object> line = repeatable(experiment);
        line.put("adapter", run + "/best");
        line.put("measured", measured);
        line.put("command", command);
        return line;
    }
}
