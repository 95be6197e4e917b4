package dev.graft.training.report;

import java.util.List;
import java.util.Locale;

/** A table of values as fields whose lightness rises with the value, with the number in each. */
public final class HeatMap {
    private static final double WIDE = 96;
    private static final double HIGH = 34;
    private static final double LEFT = 190;
    private static final double TOP = 30;

    private HeatMap() {}

    /**
     * A heat map.
     *
     * @param rowTitle what the rows are
     * @param rows their names, from top to bottom
     * @param columnTitle what the columns are
     * @param columns their names
     * @param values [rows][columns]; NaN for a field that is not there
     * @param digits of the numbers behind the point
     */
    public static String of(
            String title,
            String rowTitle,
            List<String> rows,
            String columnTitle,
            List<String> columns,
            double[][] values,
            int digits) {
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (double[] row : values) {
            for (double value : row) {
                low = Double.isNaN(value) ? low : Math.min(low, value);
                high = Double.isNaN(value) ? high : Math.max(high, value);
            }
        }
        StringBuilder text = new StringBuilder(Svg.text(LEFT, 14, "start", columnTitle));
        text.append(Svg.text(LEFT - 10, 14, "end", rowTitle));
        for (int j = 0; j < columns.size(); j++) {
            text.append(Svg.text(LEFT + WIDE * (j + 0.5), TOP, "middle", shortened(columns.get(j), 16)));
        }
        for (int i = 0; i < rows.size(); i++) {
            double top = TOP + 8 + HIGH * i;
            text.append(Svg.text(LEFT - 10, top + HIGH / 2 + 4, "end", shortened(rows.get(i), 30)));
            for (int j = 0; j < columns.size(); j++) {
                text.append(field(values[i][j], low, high, LEFT + WIDE * j, top, digits));
            }
        }
        double width = Math.max(720, LEFT + WIDE * columns.size() + 10);
        return Svg.picture(width, TOP + 20 + HIGH * rows.size(), title, text.toString());
    }

    private static String field(double value, double low, double high, double x, double y, int digits) {
        if (Double.isNaN(value)) {
            return Svg.tag(
                    "rect", "x", x, "y", y, "width", WIDE - 2, "height", HIGH - 2, "fill", "none", "stroke", "#bbbbbb");
        }
        double share = high > low ? (value - low) / (high - low) : 1;
        String ink = share < 0.55 ? "white" : "black";
        String number = String.format(Locale.ROOT, "%." + digits + "f", value);
        return Svg.tag("rect", "x", x, "y", y, "width", WIDE - 2, "height", HIGH - 2, "fill", Ink.heat(share))
                + Svg.text(x + WIDE / 2 - 1, y + HIGH / 2 + 3, "middle", " fill=\"" + ink + "\"", number);
    }

    private static String shortened(String text, int most) {
        return text.length() <= most ? text : text.substring(0, most - 1) + "\u2026";
    }
}
