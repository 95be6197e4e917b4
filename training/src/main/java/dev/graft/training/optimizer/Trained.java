package dev.graft.training.optimizer;

import dev.graft.autograd.memory.Shapes;
import dev.graft.autograd.memory.Tensor;

/**
 * A tensor that the optimizer changes.
 *
 * @param name for messages and checkpoints
 * @param value dense memory that may be written
 * @param rateScale factor on the learning rate
 * @param decay false to keep it out of weight decay
 */
public record Trained(String name, Tensor value, double rateScale, boolean decay) {
    /** Refuses what cannot be trained. */
    public Trained {
        if (!value.isDense() || value.isReadOnly()) {
            throw new IllegalArgumentException(name + " of shape " + Shapes.text(value.shape())
                    + " cannot be trained: it is " + (value.isReadOnly() ? "frozen" : "a view with gaps"));
        }
        if (!(rateScale >= 0) || Double.isInfinite(rateScale)) {
            throw new IllegalArgumentException(name + ": the factor on the learning rate is " + rateScale);
        }
    }
}
