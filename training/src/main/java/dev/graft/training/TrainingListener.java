package dev.graft.training;

/** Hears of a run's progress, on the thread that runs it. */
public interface TrainingListener {
    /** Hears nothing. */
    TrainingListener NONE = new TrainingListener() {};

    /**
     * A step is done.
     *
     * @param step number of steps done
     * @param total steps of the run
     * @param loss of the step
     * @param tokens that the step read
     */
    default void step(long step, long total, double loss, long tokens) {}

    /** The validation rows were evaluated after a step. */
    default void evaluation(long step, Evaluation evaluation, boolean best) {}

    /** The run has ended, well or not. */
    default void end() {}
}
