package dev.graft.training.compare;

import dev.graft.training.TrainingSettings;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * What is to be compared.
 *
 * @param methods ids of methods and baselines, each trained once a seed
 * @param settings of each method, by id; defaults where one is missing
 * @param learningRate of each method
 * @param seeds one run each
 * @param training how every method is trained, but for learning rate and seed
 */
public record ComparisonPlan(
        List<String> methods,
        Map<String, Map<String, Object>> settings,
        ToDoubleFunction<String> learningRate,
        List<Long> seeds,
        TrainingSettings training) {
    /** Copies the collections. */
    public ComparisonPlan {
        methods = List.copyOf(methods);
        settings = Map.copyOf(settings);
        seeds = List.copyOf(seeds);
    }

    /** Number of runs. */
    public int runs() {
        return methods.size() * seeds.size();
    }
}
