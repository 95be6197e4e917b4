package dev.graft.training;

/**
 * Where a run stands.
 *
 * @param step steps done
 * @param tokens tokens read so far
 * @param bestAccuracy highest accuracy on the validation rows, or -1 before the first evaluation
 * @param bestStep step of that evaluation
 * @param worse evaluations since then
 */
public record TrainingState(long step, long tokens, double bestAccuracy, long bestStep, int worse) {
    /** Before the first step. */
    public static final TrainingState START = new TrainingState(0, 0, -1, 0, 0);

    TrainingState next(long read) {
        return new TrainingState(step + 1, tokens + read, bestAccuracy, bestStep, worse);
    }

    TrainingState evaluated(Evaluation evaluation, boolean best) {
        return best
                ? new TrainingState(step, tokens, evaluation.accuracy(), step, 0)
                : new TrainingState(step, tokens, bestAccuracy, bestStep, worse + 1);
    }

    boolean exhausted(int patience) {
        return patience > 0 && worse >= patience;
    }
}
