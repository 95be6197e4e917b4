package dev.graft.training.experiment;

import dev.graft.training.report.HeatMap;
import dev.graft.training.report.HtmlPage;
import dev.graft.training.report.Ink;
import dev.graft.training.report.Plots;
import dev.graft.training.report.Series;
import dev.graft.training.report.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a grid shows: a heat map where two settings vary, lines where one does. */
final class Sweeps {
    private final Group group;
    private final FigureColumn figure;
    private final String name;

    Sweeps(Group group) {
        this.group = group;
        this.figure = group.column();
        this.name = figure.title();
    }

    /** Adds a picture and a table for each grid. */
    void add(HtmlPage page) {
        Map<Integer, List<Summary>> entries = new LinkedHashMap<>();
        group.summaries().stream()
                .filter(one -> !one.variant().axes().isEmpty() && one.has(figure.figure()))
                .forEach(one -> entries.computeIfAbsent(one.variant().entry(), none -> new ArrayList<>())
                        .add(one));
        Map<String, List<List<Summary>>> lines = new LinkedHashMap<>();
        entries.values().stream().filter(entry -> entry.size() > 1).forEach(entry -> {
            if (crossed(entry)) {
                heat(entry, page);
            } else {
                lines.computeIfAbsent(axes(entry).get(0), none -> new ArrayList<>())
                        .add(entry);
            }
        });
        lines.forEach((axis, sweeps) -> {
            if (sweeps.stream().allMatch(sweep -> numeric(sweep, axis))) {
                lines(axis, sweeps.subList(0, Math.min(Ink.SERIES, sweeps.size())), page);
            }
        });
    }

    private static List<String> axes(List<Summary> entry) {
        return List.copyOf(entry.get(0).variant().axes().keySet());
    }

    private static String value(Summary one, String axis) {
        return one.variant().axes().get(axis);
    }

    private static List<String> values(List<Summary> entry, String axis) {
        return entry.stream().map(one -> value(one, axis)).distinct().toList();
    }

    /** True for two settings of which both have several values with each other. */
    private static boolean crossed(List<Summary> entry) {
        List<String> axes = axes(entry);
        return axes.size() == 2
                && values(entry, axes.get(0)).size()
                                * values(entry, axes.get(1)).size()
                        == entry.size()
                && values(entry, axes.get(1)).size() > 1;
    }

    private static boolean numeric(List<Summary> entry, String axis) {
        return values(entry, axis).stream().allMatch(value -> value.matches("-?[0-9.]+([eE]-?[0-9]+)?"));
    }

    private void heat(List<Summary> entry, HtmlPage page) {
        String down = axes(entry).get(0);
        String across = axes(entry).get(1);
        List<String> rows = values(entry, down);
        List<String> columns = values(entry, across);
        double[][] means = new double[rows.size()][columns.size()];
        List<List<String>> cells = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            List<String> row = new ArrayList<>(List.of(rows.get(i)));
            for (int j = 0; j < columns.size(); j++) {
                String r = rows.get(i);
                String c = columns.get(j);
                Summary one = entry.stream()
                        .filter(each -> value(each, down).equals(r)
                                && value(each, across).equals(c))
                        .findFirst()
                        .orElseThrow();
                means[i][j] = figure.factor() * one.mean(figure.figure());
                row.add(figure.cell(one));
            }
            cells.add(row);
        }
        String title = name + " by " + down + " and " + across + ": " + group.title();
        List<String> header = new ArrayList<>(List.of(down + " \\ " + across));
        header.addAll(columns);
        page.figure(HeatMap.of(title, down, rows, across, columns, means, figure.digits()), title + "; light is high.");
        page.table(new Table(title, header, 1, cells));
    }

    private void lines(String axis, List<List<Summary>> sweeps, HtmlPage page) {
        List<Series> series = new ArrayList<>();
        List<List<String>> rows = new ArrayList<>();
        for (List<Summary> sweep : sweeps) {
            String first = sweep.get(0).variant().name();
            String own = first.substring(0, first.indexOf(" " + axis + "="));
            List<Series.Point> points = new ArrayList<>();
            for (Summary one : sweep) {
                points.add(group.point(Double.parseDouble(value(one, axis)), one));
                rows.add(List.of(own, value(one, axis), figure.cell(one)));
            }
            points.sort((a, b) -> Double.compare(a.x(), b.x()));
            series.add(new Series(own, points, true));
        }
        double least = series.stream()
                .mapToDouble(one -> one.points().get(0).x())
                .min()
                .orElse(0);
        double most = series.stream()
                .mapToDouble(one -> one.points().get(one.points().size() - 1).x())
                .max()
                .orElse(0);
        boolean logarithmic = least > 0 && most / least >= 10;
        String title = name + " by " + axis + ": " + group.title();
        page.figure(
                Plots.lines(title, axis, name, series, logarithmic),
                title + "; the upright lines are 95 % intervals over the seeds. The next table has the numbers.");
        page.table(new Table(title, List.of("variant", axis, name), 1, rows));
    }
}
