package dev.graft.training.experiment;

import dev.graft.training.Evaluation;
import dev.graft.training.TrainingListener;
import java.util.LinkedHashMap;
import java.util.Map;

/** Times training steps without evaluations and checkpoints, as far as this process does them. */
final class StepClock implements TrainingListener {
    private final TrainingListener next;
    private long from = System.nanoTime();
    private boolean timed = true;
    private long nanos;
    private long tokens;
    private int steps;

    StepClock(TrainingListener next) {
        this.next = next;
    }

    @Override
    public void step(long step, long total, double loss, long read) {
        long now = System.nanoTime();
        if (timed) {
            nanos += now - from;
            tokens += read;
            steps++;
        }
        from = now;
        timed = true;
        next.step(step, total, loss, read);
    }

    @Override
    public void evaluation(long step, Evaluation evaluation, boolean best) {
        next.evaluation(step, evaluation, best);
        timed = false; // a checkpoint may follow: the step after it is not timed
    }

    double seconds() {
        return nanos / 1e9;
    }

    int steps() {
        return steps;
    }

    /** Mean milliseconds of a step and tokens a second; empty if no step was timed. */
    Map<String, Object> figures() {
        Map<String, Object> figures = new LinkedHashMap<>();
        if (steps > 0) {
            figures.put("ms_per_step", nanos / 1e6 / steps);
            figures.put("tokens_per_second", tokens / seconds());
        }
        return figures;
    }
}
