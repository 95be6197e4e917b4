package dev.graft.training.compare;

import dev.graft.training.report.Numbers;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * A column of a table of methods.
 *
 * @param title above it
 * @param words true for text, which stands at the left; numbers stand at the right
 * @param cell what is in it
 */
record Column(String title, boolean words, Function<MethodSummary, String> cell) {
    private static final Column NAME = new Column("method", true, MethodSummary::name);
    private static final Column RATE =
            new Column("learning rate", false, one -> Numbers.rate(one.first().learningRate()));
    private static final Column TRAINED =
            new Column("trained", false, one -> Figures.count(one.first().trainableParameters()));
    private static final Column SHARE =
            new Column("% of base", false, one -> Figures.share(one.first().shareOfBase()));
    private static final Column ACCURACY = new Column("accuracy %", false, one -> Figures.percent(one.accuracy()));
    private static final Column MACRO_F1 = new Column(
            "macro F1 %",
            false, one -> Figures.percent(one.spread(run -> run.quality().macroF1())));
    private static final Column VALIDATION = new Column(
            "validation %",
            false, one -> Figures.percent(one.spread(run -> run.quality().validationAccuracy())));
    private static final Column SECONDS = number("train s", 1, run -> run.cost().trainSeconds());
    private static final Column STEP = number("ms/step", 1, run -> run.cost().millisPerStep());
    private static final Column SPEED = number("tokens/s", 0, run -> run.cost().tokensPerSecond());
    private static final Column MEMORY = number("peak MiB", 0, run -> run.cost().peakMemoryMib());
    private static final Column LATENCY =
            number("latency ms", 2, run -> run.cost().latencyMillis());
    private static final Column FILE =
            new Column("adapter", false, one -> Figures.bytes(one.first().cost().adapterBytes()));

    /** Everything in one table. */
    static final List<Column> ALL =
            List.of(NAME, RATE, TRAINED, SHARE, ACCURACY, MACRO_F1, SECONDS, STEP, SPEED, MEMORY, LATENCY, FILE);

    /** What fits into a terminal. */
    static final List<Column> TERMINAL =
            List.of(NAME, RATE, TRAINED, ACCURACY, MACRO_F1, SECONDS, SPEED, MEMORY, LATENCY, FILE);

    /** What most readers ask first. */
    static final List<Column> SHORT = List.of(NAME, TRAINED, ACCURACY, MACRO_F1, SECONDS, MEMORY, LATENCY, FILE);

    /** How good the methods are. */
    static final List<Column> QUALITY = List.of(NAME, RATE, TRAINED, SHARE, ACCURACY, MACRO_F1, VALIDATION);

    /** What the methods take. */
    static final List<Column> COST = List.of(NAME, SECONDS, STEP, SPEED, MEMORY, LATENCY, FILE);

    private static Column number(String title, int digits, ToDoubleFunction<MethodResult> figure) {
        return new Column(title, false, one -> {
            double mean = one.spread(figure).mean();
            return mean < 0 ? "unknown" : Figures.fixed(mean, digits);
        });
    }
}
