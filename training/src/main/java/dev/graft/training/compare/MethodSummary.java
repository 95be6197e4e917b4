package dev.graft.training.compare;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * All runs of one method with one learning rate and one set of settings.
 *
 * @param name the method's id, with what sets it apart where the method occurs more than once
 * @param runs at least one, by seed
 */
public record MethodSummary(String name, List<MethodResult> runs) {
    /** Copies the list. */
    public MethodSummary {
        if (runs.isEmpty()) {
            throw new IllegalArgumentException("a summary needs a run");
        }
        runs = List.copyOf(runs);
    }

    /** The run with the lowest seed; what does not depend on the seed is read from it. */
    public MethodResult first() {
        return runs.get(0);
    }

    /** Mean and spread of a figure over the runs. */
    public Spread spread(ToDoubleFunction<MethodResult> figure) {
        return Spread.of(runs, figure);
    }

    /** Accuracy on the test rows. */
    public Spread accuracy() {
        return spread(run -> run.quality().accuracy());
    }

    /** Mean loss over the runs at each step that all of them have. */
    public List<LossPoint> losses() {
        return LossCurves.mean(runs.stream().map(MethodResult::losses).toList());
    }
}
