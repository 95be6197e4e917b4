package dev.graft.training;

import dev.graft.transformer.model.Workers;
import java.util.List;

/** Where the micro-batches of a step are computed: on this process's threads, or elsewhere. */
@FunctionalInterface
public interface StepEngine {
    /**
     * Computes all micro-batches of a step and {@linkplain GradientStep#add adds} them in their order; returns when all
     * are added.
     */
    void compute(GradientStep step);

    /** Computes on the threads of this process. */
    static StepEngine local(Workers workers) {
        return step -> MicroBatches.run(List.of(step), workers);
    }
}
