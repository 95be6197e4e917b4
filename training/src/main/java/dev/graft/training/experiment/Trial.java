package dev.graft.training.experiment;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A learning rate that was tried.
 *
 * @param base as in the experiment
 * @param data name of the data
 * @param variant name of the variant
 * @param learningRate that was tried
 * @param seed of the run
 * @param score best one on the validation rows, larger is better; null if the run failed
 * @param chosen true if it is the rate of the results
 * @param run folder of the run's record, below the experiment's folder
 */
public record Trial(
        String base,
        String data,
        String variant,
        double learningRate,
        long seed,
        Double score,
        boolean chosen,
        String run) {
    Map<String, Object> line() {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("base", base);
        line.put("data", data);
        line.put("name", variant);
        line.put("learning_rate", learningRate);
        line.put("seed", seed);
        line.put("validation_score", score);
        line.put("chosen", chosen);
        line.put("run", run);
        return line;
    }
}
