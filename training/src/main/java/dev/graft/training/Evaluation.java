package dev.graft.training;

import dev.graft.training.metric.Classification;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * How well a model does on rows that it should know the answers of: classes, or tokens.
 *
 * @param rows number of rows
 * @param tokens number of tokens to be predicted; 0 for classes
 * @param accuracy share of rows whose highest logit is their label's; of tokens that are the most probable ones
 * @param macroF1 for classes: mean over classes of the harmonic mean of precision and recall
 * @param exactMatch for tokens: share of rows whose every token is the most probable one, so that a greedy text is the
 *     expected one
 * @param loss mean cross entropy over rows, or over tokens
 */
public record Evaluation(int rows, long tokens, double accuracy, double macroF1, double exactMatch, double loss) {
    /** An evaluation of classes. */
    public Evaluation(int rows, double accuracy, double macroF1, double loss) {
        this(rows, 0, accuracy, macroF1, 0, loss);
    }

    /** exp(loss): over how many tokens the model hesitates. */
    public double perplexity() {
        return Math.exp(loss);
    }

    /** For files and reports. */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("rows", rows);
        if (tokens == 0) {
            map.put("accuracy", accuracy);
            map.put("macro_f1", macroF1);
            map.put("loss", loss);
        } else {
            map.put("tokens", tokens);
            map.put("loss", loss);
            map.put("perplexity", perplexity());
            map.put("token_accuracy", accuracy);
            map.put("exact_match", exactMatch);
        }
        return map;
    }

    /** For people, in one line. */
    public String text() {
        return tokens == 0
                ? String.format(Locale.ROOT, "accuracy %.4f, macro F1 %.4f, loss %.4f", accuracy, macroF1, loss)
                : String.format(
                        Locale.ROOT, "loss %.4f, perplexity %.3f, exact match %.4f", loss, perplexity(), exactMatch);
    }

    /** What is to be as large as possible: accuracy for classes; for tokens the negative loss. */
    double score() {
        return tokens == 0 ? accuracy : -loss;
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
        if (map.containsKey("tokens")) {
            return new Evaluation(
                    ((Number) map.get("rows")).intValue(),
                    ((Number) map.get("tokens")).longValue(),
                    ((Number) map.get("token_accuracy")).doubleValue(),
                    0,
                    ((Number) map.get("exact_match")).doubleValue(),
                    ((Number) map.get("loss")).doubleValue());
        }
        return new Evaluation(
                ((Number) map.get("rows")).intValue(),
                ((Number) map.get("accuracy")).doubleValue(),
                ((Number) map.get("macro_f1")).doubleValue(),
                ((Number) map.get("loss")).doubleValue());
    }
}
