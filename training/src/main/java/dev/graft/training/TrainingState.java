package dev.graft.training;

/**
 * Where a run stands.
 *
 * @param step steps done
 * @param tokens tokens read so far
 * @param last evaluation on the validation rows, or null before the first
 * @param best the first of those with the highest accuracy, or for tokens with the lowest loss; or null
 * @param bestStep step of that evaluation
 * @param worse evaluations since then
 */
public record TrainingState(long step, long tokens, Evaluation last, Evaluation best, long bestStep, int worse) {
    /** Before the first step. */
    public static final TrainingState START = new TrainingState(0, 0, null, null, 0, 0);

    /** Highest accuracy on the validation rows, or -1 before the first evaluation. */
    public double bestAccuracy() {
        return best == null ? -1 : best.accuracy();
    }

    TrainingState next(long read) {
        return new TrainingState(step + 1, tokens + read, last, best, bestStep, worse);
    }

    boolean isBest(Evaluation evaluation) {
        return best == null || evaluation.score() > best.score();
    }

    TrainingState evaluated(Evaluation evaluation) {
        return isBest(evaluation)
                ? new TrainingState(step, tokens, evaluation, evaluation, step, 0)
                : new TrainingState(step, tokens, evaluation, best, bestStep, worse + 1);
    }

    boolean exhausted(int patience) {
        return patience > 0 && worse >= patience;
    }
}
