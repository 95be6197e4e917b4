package dev.graft.transformer.model.overlay;

import dev.graft.autograd.CounterRandom;
import dev.graft.autograd.memory.Tensor;
import java.util.function.Function;

/**
 * What training adds to a pass.
 *
 * @param random for dropout, or null: then nothing is dropped
 * @param gradients where the gradient of a trained tensor goes, or null where none is wanted
 */
public record Training(CounterRandom random, Function<AdapterParameter, Tensor> gradients) {
    /** Evaluation: no dropout, no gradients. */
    public static final Training NONE = new Training(null, null);
}
