package dev.graft.training;

import dev.graft.training.metric.Classification;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How well a classifier does on labelled rows.
 *
 * @param rows number of rows
 * @param accuracy share of rows whose highest logit is their label's
 * @param macroF1 mean over classes of the harmonic mean of precision and recall
 * @param loss mean cross entropy
 */
public record Evaluation(int rows, double accuracy, double macroF1, double loss) {
    /** For files and reports. */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("rows", rows);
        map.put("accuracy", accuracy);
        map.put("macro_f1", macroF1);
        map.put("loss", loss);
        return map;
    }

    /** What was measured. */
    public static Evaluation of(Classification measured) {
        return new Evaluation(
                Math.toIntExact(measured.confusion().rows()),
                measured.confusion().accuracy(),
                measured.confusion().macroF1(),
                measured.loss());
    }

    static Evaluation of(Map<?, ?> map) {
        return new Evaluation(
                ((Number) map.get("rows")).intValue(),
                ((Number) map.get("accuracy")).doubleValue(),
                ((Number) map.get("macro_f1")).doubleValue(),
                ((Number) map.get("loss")).doubleValue());
    }
}
