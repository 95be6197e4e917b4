package dev.graft.cli;

import dev.graft.training.Evaluation;
import dev.graft.training.TrainingListener;
import java.time.Clock;
import java.util.Locale;

/** Shows one run's progress; the bar begins with the first step, when the number of steps is known. */
final class MeteredRun implements TrainingListener {
    private final Console console;
    private final Clock clock;
    private final String title;
    private Meter meter;

    MeteredRun(Console console, Clock clock, String title) {
        this.console = console;
        this.clock = clock;
        this.title = title;
    }

    @Override
    public void step(long step, long total, double loss, long tokens) {
        if (meter == null) {
            meter = new Meter(console, clock, title, "steps", step - 1, total);
        }
        meter.advance(1, tokens, String.format(Locale.ROOT, "loss %.3f", loss));
    }

    @Override
    public void evaluation(long step, Evaluation evaluation, boolean best) {
        meter.say(title + ": step " + step + ", validation " + evaluation.text());
    }

    @Override
    public void end() {
        if (meter != null) {
            meter.close();
        }
    }
}
