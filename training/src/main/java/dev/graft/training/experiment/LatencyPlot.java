package dev.graft.training.experiment;

import dev.graft.training.report.Bars;
import dev.graft.training.report.HtmlPage;
import dev.graft.training.report.Numbers;
import dev.graft.training.report.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** The time of inference by variant, as it is and merged, beside the base alone, by batch and length. */
final class LatencyPlot {
    private final Group group;
    private final List<String> sizes;

    /** Of one base and data. */
    LatencyPlot(Group group) {
        this.group = group;
        this.sizes = group.ranked().stream()
                .flatMap(one -> one.done().get(0).measured().keySet().stream())
                .filter(key -> key.startsWith(Latencies.PREFIX))
                .map(key -> key.substring(Latencies.PREFIX.length()))
                .distinct()
                .toList();
    }

    /** What is timed: all times in milliseconds, with those of the base alone that were taken in turn with them. */
    private record Line(String name, List<Double> times, List<Double> base) {}

    /** Adds a picture for each batch, with a table. */
    void add(HtmlPage page) {
        for (String batch : batches()) {
            List<String> own = of(batch);
            List<Line> lines = lines(own);
            double[][] values = lines.stream()
                    .map(line -> line.times().stream()
                            .mapToDouble(Double::doubleValue)
                            .toArray())
                    .toArray(double[][]::new);
            List<String> names = lines.stream().map(Line::name).toList();
            Table table = table(batch);
            page.figure(
                    Bars.of(table.title(), "ms", names, kinds(own), values, 2),
                    table.title() + "; the next table has the numbers.");
            page.table(table);
        }
    }

    /** A table for each batch; none if nothing was timed. */
    List<Table> tables() {
        return batches().stream().map(this::table).toList();
    }

    private List<String> batches() {
        return sizes.stream().map(size -> size.split("_")[0]).distinct().toList();
    }

    private List<String> of(String batch) {
        return sizes.stream().filter(size -> size.startsWith(batch + "_")).toList();
    }

    private static List<String> kinds(List<String> sizes) {
        return sizes.stream()
                .map(size -> size.substring(size.indexOf("_t") + 2) + " tokens")
                .toList();
    }

    private Table table(String batch) {
        List<String> own = of(batch);
        List<List<String>> rows = new ArrayList<>();
        for (Line line : lines(own)) {
            List<String> row = new ArrayList<>(List.of(line.name()));
            for (int i = 0; i < own.size(); i++) {
                row.add(Numbers.fixed(line.times().get(i), 2) + beside(line, i));
            }
            rows.add(row);
        }
        List<String> header = new ArrayList<>(List.of("variant"));
        header.addAll(kinds(own));
        return new Table(
                "Inference, ms, and how much more than the base alone, batch " + batch.substring(1) + ": "
                        + group.title(),
                header,
                1,
                rows);
    }

    private static String beside(Line line, int i) {
        if (line.base() == null) {
            return "";
        }
        return String.format(
                Locale.ROOT,
                " (%+.1f %%)",
                100 * (line.times().get(i) / line.base().get(i) - 1));
    }

    /** The base alone, the mean over all runs; then each variant as it is and, where it can be, merged. */
    private List<Line> lines(List<String> own) {
        List<Line> lines = new ArrayList<>();
        List<Line> bases = new ArrayList<>();
        for (Summary one : group.summaries()) {
            Line base = line("base", one, Latencies.BASE, own, null);
            if (base == null) {
                continue;
            }
            bases.add(base);
            String name = one.variant().name();
            lines.add(line(name, one, "", own, base));
            lines.add(line(name + ", merged", one, Latencies.MERGED, own, base));
        }
        lines.removeIf(Objects::isNull);
        List<Double> means = new ArrayList<>();
        for (int i = 0; i < own.size(); i++) {
            int at = i;
            means.add(bases.stream()
                    .mapToDouble(base -> base.times().get(at))
                    .average()
                    .orElse(Double.NaN));
        }
        lines.add(0, new Line("base", means, null));
        return lines;
    }

    private static Line line(String name, Summary one, String prefix, List<String> own, Line base) {
        List<Double> times = own.stream()
                .map(size -> one.mean(prefix + Latencies.PREFIX + size))
                .toList();
        return times.stream().anyMatch(time -> time.isNaN())
                ? null
                : new Line(name, times, base == null ? null : base.times());
    }
}
