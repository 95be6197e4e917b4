package dev.graft.training.report;

import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** Plots as SVG pictures that need no program and no colours: lines with bands, and numbered points. */
public final class Plots {
    private static final double LEGEND = 17;

    private Plots() {}

    /**
     * Lines with bands, such as losses over steps.
     *
     * @param series at least one, at most {@link Ink#SERIES}
     * @param logarithmic true for a logarithmic x axis
     */
    public static String lines(String title, String xTitle, String yTitle, List<Series> series, boolean logarithmic) {
        double left = least(series, Series.Point::x);
        double right = most(series, Series.Point::x);
        double end = right > left ? right : left + 1;
        Scale x = logarithmic
                ? Scale.logarithmic(left, right, Axes.LEFT, Axes.RIGHT)
                : new Scale(left, end, Axes.LEFT, Axes.RIGHT, false);
        Scale y = Scale.of(least(series, Series.Point::low), most(series, Series.Point::high), Axes.BOTTOM, Axes.TOP);
        StringBuilder text = new StringBuilder(new Axes(x, y, xTitle, yTitle).draw());
        for (int i = 0; i < series.size(); i++) {
            text.append(band(series.get(i), i, x, y)).append(line(series.get(i), i, x, y));
            text.append(legend(series.get(i).name(), i));
        }
        return Svg.picture(Axes.WIDTH, Axes.HEIGHT + LEGEND * series.size(), title, text.toString());
    }

    private static double least(List<Series> series, ToDoubleFunction<Series.Point> of) {
        return points(series).mapToDouble(of).min().orElseThrow();
    }

    private static double most(List<Series> series, ToDoubleFunction<Series.Point> of) {
        return points(series).mapToDouble(of).max().orElseThrow();
    }

    private static Stream<Series.Point> points(List<Series> series) {
        return series.stream().flatMap(one -> one.points().stream());
    }

    private static String band(Series one, int number, Scale x, Scale y) {
        if (one.marked()) {
            StringBuilder bars = new StringBuilder();
            for (Series.Point point : one.points()) {
                double at = x.at(point.x());
                bars.append(Svg.upright(at, y.at(point.low()), y.at(point.high()), Ink.colour(number)));
            }
            return bars.toString();
        }
        StringBuilder path = new StringBuilder();
        for (Series.Point point : one.points()) {
            path.append(path.length() == 0 ? "M" : "L").append(place(x.at(point.x()), y.at(point.high())));
        }
        for (int i = one.points().size() - 1; i >= 0; i--) {
            Series.Point point = one.points().get(i);
            path.append('L').append(place(x.at(point.x()), y.at(point.low())));
        }
        return Svg.tag("path", "d", path + "Z", "fill", Ink.colour(number), "fill-opacity", "0.15", "stroke", "none");
    }

    private static String line(Series one, int number, Scale x, Scale y) {
        StringBuilder path = new StringBuilder();
        StringBuilder marks = new StringBuilder();
        for (Series.Point point : one.points()) {
            path.append(path.length() == 0 ? "M" : "L").append(place(x.at(point.x()), y.at(point.y())));
            marks.append(one.marked() ? Ink.mark(number, x.at(point.x()), y.at(point.y())) : "");
        }
        return Svg.tag("path", "d", path, "fill", "none", Ink.stroke(number)) + marks;
    }

    private static String place(double x, double y) {
        return Svg.number(x) + " " + Svg.number(y);
    }

    private static String legend(String name, int number) {
        double y = Axes.HEIGHT + LEGEND * number;
        double end = Axes.LEFT + 40;
        return Svg.tag("line", "x1", Axes.LEFT, "y1", y - 4, "x2", end, "y2", y - 4, Ink.stroke(number))
                + Ink.mark(number, Axes.LEFT + 20, y - 4)
                + Svg.text(Axes.LEFT + 48, y, "start", name);
    }

    /**
     * Points with numbers that a table explains, such as accuracy against parameters.
     *
     * @param points in the order of their numbers, from 1; x above 0
     */
    public static String numbered(String title, String xTitle, String yTitle, List<Series.Point> points) {
        List<Series> all = List.of(new Series("", points, true));
        Scale x = Scale.logarithmic(least(all, Series.Point::x), most(all, Series.Point::x), Axes.LEFT, Axes.RIGHT);
        Scale y = Scale.of(least(all, Series.Point::low), most(all, Series.Point::high), Axes.BOTTOM, Axes.TOP);
        StringBuilder text = new StringBuilder(new Axes(x, y, xTitle, yTitle).draw());
        for (Series.Point point : points) {
            double at = x.at(point.x());
            text.append(Svg.upright(at, y.at(point.low()), y.at(point.high()), "#555555"));
        }
        for (int i = points.size() - 1; i >= 0; i--) {
            double across = x.at(points.get(i).x());
            double up = y.at(points.get(i).y());
            text.append(Svg.tag(
                    "circle",
                    "cx",
                    across,
                    "cy",
                    up,
                    "r",
                    "9",
                    "fill",
                    "white",
                    "stroke",
                    Ink.colour(0),
                    "stroke-width",
                    "1.8"));
            text.append(Svg.text(across, up + 4, "middle", " font-size=\"11\"", String.valueOf(i + 1)));
        }
        return Svg.picture(Axes.WIDTH, Axes.HEIGHT, title, text.toString());
    }
}
