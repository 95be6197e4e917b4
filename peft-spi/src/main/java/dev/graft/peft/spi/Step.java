package dev.graft.peft.spi;

/**
 * One training step whose reduced gradients the optimizer has applied. It belongs to one call of
 * {@link Injection#afterGradients}, on the training thread; implemented by the framework only. Parameters are this
 * adapter's own: another's is an {@link IllegalArgumentException} or worse.
 */
public interface Step {
    /** Number of this step, from 0. */
    int index();

    /** Number of steps of the whole run, also of one that is resumed. */
    int total();

    /**
     * A copy of the reduced gradient of a trained tensor, as the optimizer got it: summed over the step and clipped.
     *
     * @return in row-major order
     * @throws IllegalArgumentException if the tensor is not trained
     */
    float[] gradient(Parameter parameter);

    /**
     * A copy of the value after the step, of any tensor but a derived one.
     *
     * @return in row-major order
     */
    float[] value(Parameter parameter);

    /**
     * Replaces the value of a trained tensor or a state; the next pass sees it, and a checkpoint of this step has it.
     * The optimizer's own moments stay as they are.
     *
     * @param value in row-major order, finite; copied
     * @throws IllegalArgumentException if the tensor is neither, or has another number of elements
     */
    void assign(Parameter parameter, float[] value);
}
