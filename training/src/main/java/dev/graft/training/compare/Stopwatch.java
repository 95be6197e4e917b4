package dev.graft.training.compare;

import dev.graft.training.Evaluation;
import dev.graft.training.TrainingListener;

/** Measures the time of training steps alone: from the end of one step or evaluation to the end of the next step. */
final class Stopwatch implements TrainingListener {
    private final TrainingListener next;
    private long from;
    private long nanos;

    Stopwatch(TrainingListener next) {
        this.next = next;
    }

    void start() {
        from = System.nanoTime();
    }

    @Override
    public void step(long step, long total, double loss, long tokens) {
        long now = System.nanoTime();
        nanos += now - from;
        from = now;
        next.step(step, total, loss, tokens);
    }

    @Override
    public void evaluation(long step, Evaluation evaluation, boolean best) {
        next.evaluation(step, evaluation, best);
        from = System.nanoTime();
    }

    double trainSeconds() {
        return nanos / 1e9;
    }
}
