package dev.graft.peft.spi;

/** One training step after its gradients were reduced, before the optimizer. */
public interface Step {
    /** Number of this step, from 0. */
    int index();

    /** Number of steps of the run. */
    int total();

    /** A copy of the reduced gradient. */
    float[] gradient(Parameter parameter);

    /** A copy of the present value. */
    float[] value(Parameter parameter);

    /** Replaces the value. */
    void assign(Parameter parameter, float[] value);
}
