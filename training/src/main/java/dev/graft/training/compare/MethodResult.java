package dev.graft.training.compare;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One finished run of a comparison.
 *
 * @param method id of the method
 * @param seed of the run
 * @param learningRate of the run
 * @param trainableParameters numbers that were trained, the task head included
 * @param shareOfBase that number, divided by the base's
 * @param quality of the adapter
 * @param cost of the run
 * @param losses in the order of steps
 * @param settings of the method, with its defaults
 */
public record MethodResult(
        String method,
        long seed,
        double learningRate,
        long trainableParameters,
        double shareOfBase,
        Quality quality,
        Cost cost,
        List<LossPoint> losses,
        Map<String, Object> settings) {
    /** Copies the collections; refuses figures that are none. */
    public MethodResult {
        Figures.checkAmount("learning rate", learningRate);
        Figures.checkAmount("trainable parameters", trainableParameters);
        Figures.checkAmount("share of the base", shareOfBase);
        losses = List.copyOf(losses);
        settings = Collections.unmodifiableMap(new TreeMap<>(settings));
    }
}
