package dev.graft.peft.spi;

/** One training step whose reduced gradients the optimizer has applied. */
public interface Step {
    /** Number of this step, from 0. */
    int index();

    /** Number of steps of the run. */
    int total();

    /** A copy of the reduced gradient of a trained tensor, as the optimizer got it. */
    float[] gradient(Parameter parameter);

    /** A copy of the value after the step. */
    float[] value(Parameter parameter);

    /** Replaces the value of a trained tensor or a state. */
    void assign(Parameter parameter, float[] value);
}
