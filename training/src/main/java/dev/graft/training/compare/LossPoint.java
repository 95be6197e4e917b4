package dev.graft.training.compare;

/**
 * Loss of one training step.
 *
 * @param step from 1
 * @param loss mean over the step's rows
 */
public record LossPoint(long step, double loss) {
    /** Refuses a loss that is no number: such a run failed. */
    public LossPoint {
        if (!Double.isFinite(loss)) {
            throw new IllegalArgumentException("the loss of step " + step + " is " + loss);
        }
    }
}
