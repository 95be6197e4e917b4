package dev.graft.cli;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * Shows on standard error how far long work is, with tokens per second and the time left: a bar where somebody watches,
 * else a line now and then.
 */
final class Meter implements AutoCloseable {
    private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);
    private static final int WIDTH = 100;

    /** What is counted a second. */
    private enum Rate {
        TOKENS("tokens", 1),
        BYTES("MB", 1_000_000);

        private final String unit;
        private final long size;

        Rate(String unit, long size) {
            this.unit = unit;
            this.size = size;
        }
    }

    private final Console console;
    private final Clock clock;
    private final String title;
    private final String unit;
    private final Rate rate;
    private final long first;
    private final long total;
    private final Instant start;
    private final ProgressBar bar;
    private Instant shown;
    private long done;
    private long tokens;

    /**
     * Starts.
     *
     * @param title what is done
     * @param unit of what is counted, in the plural
     * @param first done before, by an earlier process
     * @param total at the end
     */
    Meter(Console console, Clock clock, String title, String unit, long first, long total) {
        this(console, clock, title, unit, Rate.TOKENS, first, total);
    }

    /** Starts for bytes that come. */
    static Meter ofBytes(Console console, Clock clock, String title, long total) {
        return new Meter(console, clock, title, Rate.BYTES.unit, Rate.BYTES, 0, total);
    }

    private Meter(Console console, Clock clock, String title, String unit, Rate rate, long first, long total) {
        this.rate = rate;
        this.console = console;
        this.clock = clock;
        this.title = title;
        this.unit = unit;
        this.first = first;
        this.total = total;
        done = first;
        start = clock.instant();
        shown = start;
        bar = console.terminal() ? bar() : null;
    }

    private ProgressBar bar() {
        return new ProgressBarBuilder()
                .setTaskName(title)
                .setUnit(rate == Rate.TOKENS ? "" : " " + unit, rate.size)
                .setInitialMax(total)
                .startsFrom(first, Duration.ZERO)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(200)
                .setMaxRenderedLength(WIDTH)
                .setConsumer(new ConsoleProgressBarConsumer(console.err(), WIDTH))
                .build();
    }

    /**
     * More is done.
     *
     * @param more in the meter's unit
     * @param read tokens
     * @param note to be shown beside it, or empty
     */
    void advance(long more, long read, String note) {
        done += more;
        tokens += read;
        if (bar != null) {
            bar.setExtraMessage(rate() + (note.isEmpty() ? "" : ", " + note));
            bar.stepTo(done);
        } else if (!clock.instant().isBefore(shown.plus(BETWEEN_LINES))) {
            shown = clock.instant();
            console.err()
                    .printf(
                            Locale.ROOT,
                            "%s: %d of %d %s, %s, %s left%s%n",
                            title,
                            done / rate.size,
                            total / rate.size,
                            unit,
                            rate(),
                            left(),
                            note.isEmpty() ? "" : ", " + note);
        }
    }

    /** A line that stays. */
    void say(String line) {
        console.err().println((bar == null ? "" : "\r\u001b[K") + line);
    }

    /** Tokens a second, from the start on. */
    double tokensPerSecond() {
        return tokens / Math.max(1e-3, seconds());
    }

    /** Seconds from the start on. */
    double seconds() {
        return Duration.between(start, clock.instant()).toMillis() / 1e3;
    }

    private String rate() {
        return String.format(Locale.ROOT, "%,d %s/s", Math.round(tokensPerSecond() / rate.size), rate.unit);
    }

    private String left() {
        long seconds = Math.round(seconds() / Math.max(1, done - first) * (total - done));
        return String.format(Locale.ROOT, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
