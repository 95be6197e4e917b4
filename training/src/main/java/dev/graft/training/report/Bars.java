package dev.graft.training.report;

import java.util.List;

/** Bars in groups, such as latency by method and batch, drawn from the left with their numbers. */
public final class Bars {
    private static final double HIGH = 15;
    private static final double GAP = 12;
    private static final double NAMES = 190;
    private static final double END = 640;

    private Bars() {}

    /**
     * A plot of bars.
     *
     * @param names of the groups, from top to bottom
     * @param kinds what each bar of a group is
     * @param values [groups][kinds]; NaN for a bar that is not there
     * @param digits of the numbers behind the point
     */
    public static String of(
            String title, String xTitle, List<String> names, List<String> kinds, double[][] values, int digits) {
        double most = 0;
        for (double[] group : values) {
            for (double value : group) {
                most = Double.isNaN(value) ? most : Math.max(most, value);
            }
        }
        Scale x = new Scale(0, most > 0 ? most : 1, NAMES, END, false);
        double group = HIGH * kinds.size() + GAP;
        double bottom = 8 + group * names.size();
        StringBuilder text = new StringBuilder();
        for (double mark : x.marks()) {
            text.append(Svg.rule(x.at(mark), 4, x.at(mark), bottom));
            text.append(Svg.text(x.at(mark), bottom + 14, "middle", x.label(mark)));
        }
        for (int i = 0; i < names.size(); i++) {
            double top = 8 + group * i;
            text.append(Svg.text(NAMES - 8, top + HIGH * kinds.size() / 2 + 4, "end", names.get(i)));
            for (int j = 0; j < kinds.size(); j++) {
                text.append(bar(values[i][j], j, top + HIGH * j, x, digits));
            }
        }
        text.append(Svg.text((NAMES + END) / 2, bottom + 32, "middle", xTitle));
        double legend = bottom + 50;
        for (int j = 0; j < kinds.size() && kinds.size() > 1; j++) {
            text.append(box(NAMES, legend - 10, 24, j)).append(Svg.text(NAMES + 32, legend, "start", kinds.get(j)));
            legend += 17;
        }
        return Svg.picture(720, legend, title, text.toString());
    }

    private static String bar(double value, int kind, double top, Scale x, int digits) {
        if (Double.isNaN(value)) {
            return Svg.text(NAMES + 4, top + 11, "start", " font-size=\"10\"", "none");
        }
        double width = Math.max(0.5, x.at(value) - NAMES);
        String number = Numbers.fixed(value, digits);
        return box(NAMES, top + 1, width, kind)
                + Svg.text(NAMES + width + 4, top + 11, "start", " font-size=\"10\"", number);
    }

    /** Kinds differ in colour and in how light they are, and have an edge. */
    private static String box(double x, double y, double width, int kind) {
        String opacity = new String[] {"0.95", "0.65", "0.4", "0.2"}[kind % 4];
        return Svg.tag(
                "rect",
                "x",
                x,
                "y",
                y,
                "width",
                width,
                "height",
                HIGH - 2,
                "fill",
                Ink.colour(kind),
                "fill-opacity",
                opacity,
                "stroke",
                "#333333",
                "stroke-width",
                "0.7");
    }
}
