package dev.graft.training;

import dev.graft.autograd.Compute;
import dev.graft.autograd.CounterRandom;
import dev.graft.autograd.memory.Tensor;
import dev.graft.transformer.model.Learner;
import dev.graft.transformer.model.overlay.TokenRow;
import java.util.List;

/**
 * The rows of one step that are computed at once, with all that their loss and gradient depend on beside the base, the
 * adapter's values at that step and the run's seed. Whoever has these computes the same bits, on any thread or machine.
 *
 * @param step number of the step, from 0
 * @param part its number in the step, from 0: the order in which gradients are added
 * @param scale 1 / the number of rows, or of labelled tokens, in the whole step
 * @param rows what the model reads
 * @param labels class numbers, one a row; null to learn the labels of the rows' own tokens
 */
record MicroBatch(long step, int part, double scale, List<TokenRow> rows, int[] labels) {
    /** A run's randomness for dropout. */
    static CounterRandom dropout(long seed) {
        return new CounterRandom(seed).with("dropout");
    }

    /**
     * Computes on the calling worker.
     *
     * @param dropout of the run
     * @param gradient laid out as the adapter's flat tensors; overwritten
     * @return its share of the step's loss
     */
    double run(Learner learner, Compute compute, CounterRandom dropout, Tensor gradient) {
        return learner.step(compute, rows, labels, scale, dropout.with(step).with(part), gradient);
    }
}
