package dev.graft.training.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Maps values to places along an axis, and says where its marks are.
 *
 * @param low value at the axis' start
 * @param high value at its end, above low
 * @param from place of the start, in the picture's units
 * @param to place of the end
 * @param logarithmic true for equal distances between powers of ten; then low is above 0
 */
public record Scale(double low, double high, double from, double to, boolean logarithmic) {
    private static final int MARKS = 6;

    /** Refuses an axis without length. */
    public Scale {
        if (!(low < high) || logarithmic && !(low > 0) || !Double.isFinite(high - low)) {
            throw new IllegalArgumentException(
                    "an axis from " + low + " to " + high + (logarithmic ? ", logarithmic" : ""));
        }
    }

    /** An axis for values, a little longer than they reach, from round numbers to round ones. */
    public static Scale of(double least, double most, double from, double to) {
        double span = most > least ? most - least : Math.max(Math.abs(most) * 0.1, 1e-6);
        double step = step(span);
        double low = Math.floor((least - 0.04 * span) / step) * step;
        double high = Math.ceil((most + 0.04 * span) / step) * step;
        return new Scale(low, high, from, to, false);
    }

    /** A logarithmic axis for values above 0. */
    public static Scale logarithmic(double least, double most, double from, double to) {
        return new Scale(least / 1.6, most * 1.6, from, to, true);
    }

    private static double step(double span) {
        double rough = span / (MARKS - 1);
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        for (double factor : new double[] {1, 2, 5}) {
            if (rough <= factor * power) {
                return factor * power;
            }
        }
        return 10 * power;
    }

    /** The place of a value. */
    public double at(double value) {
        double share = logarithmic ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
        return from + share * (to - from);
    }

    /** Values with a mark. */
    public List<Double> marks() {
        List<Double> marks = new ArrayList<>();
        if (logarithmic) {
            boolean few = high / low < 1000;
            for (double power = Math.pow(10, Math.floor(Math.log10(low))); power <= high; power *= 10) {
                for (double factor : few ? new double[] {1, 2, 5} : new double[] {1}) {
                    if (factor * power >= low && factor * power <= high) {
                        marks.add(factor * power);
                    }
                }
            }
            return marks;
        }
        double step = step(high - low);
        for (double i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i++) {
            marks.add(i * step);
        }
        return marks;
    }

    /** A mark's text: 10k, 2M, 0.25. */
    public String label(double mark) {
        double size = Math.abs(mark);
        if (size >= 1e9) {
            return plain(mark / 1e9) + "G";
        }
        if (size >= 1e6) {
            return plain(mark / 1e6) + "M";
        }
        return size >= 1e4 ? plain(mark / 1e3) + "k" : plain(mark);
    }

    private static String plain(double number) {
        double rounded = Math.round(number * 1e6) / 1e6;
        if (rounded == Math.rint(rounded)) {
            return String.format(Locale.ROOT, "%.0f", rounded);
        }
        return String.format(Locale.ROOT, "%.6f", rounded).replaceAll("0+$", "");
    }
}
