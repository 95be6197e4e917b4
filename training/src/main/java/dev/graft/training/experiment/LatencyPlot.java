package dev.graft.training.experiment;

import dev.graft.training.report.Bars;
import dev.graft.training.report.HtmlPage;
import dev.graft.training.report.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Bars of the time of inference, by variant, merged or not, and by batch and length. */
final class LatencyPlot {
    private LatencyPlot() {}

    private record Line(String name, Summary summary, String prefix) {}

    /** Adds a picture and a table for each batch, if there is anything to show. */
    static void add(Group group, HtmlPage page) {
        List<String> sizes = sizes(group);
        if (sizes.isEmpty()) {
            return;
        }
        for (String batch :
                sizes.stream().map(size -> size.split("_")[0]).distinct().toList()) {
            List<String> own =
                    sizes.stream().filter(size -> size.startsWith(batch + "_")).toList();
            add(group, batch.substring(1), own, page);
        }
    }

    private static List<String> sizes(Group group) {
        return group.ranked().stream()
                .flatMap(one -> one.done().get(0).measured().keySet().stream())
                .filter(key -> key.startsWith(Latencies.PREFIX))
                .map(key -> key.substring(Latencies.PREFIX.length()))
                .distinct()
                .toList();
    }

    private static void add(Group group, String batch, List<String> sizes, HtmlPage page) {
        List<Line> lines = group.summaries().stream()
                .flatMap(one -> Stream.of(
                        new Line(one.variant().name(), one, ""),
                        new Line(one.variant().name() + ", merged", one, Latencies.MERGED)))
                .filter(line -> line.summary().has(line.prefix() + Latencies.PREFIX + sizes.get(0)))
                .toList();
        double[][] values = new double[lines.size()][sizes.size()];
        List<List<String>> rows = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            List<String> row = new ArrayList<>(List.of(lines.get(i).name()));
            for (int j = 0; j < sizes.size(); j++) {
                values[i][j] = lines.get(i).summary().mean(lines.get(i).prefix() + Latencies.PREFIX + sizes.get(j));
                row.add(FigureColumn.fixed(values[i][j], 2));
            }
            rows.add(row);
        }
        List<String> kinds = sizes.stream()
                .map(size -> size.substring(size.indexOf("_t") + 2) + " tokens")
                .toList();
        String title = "Milliseconds of inference at batch " + batch + ": " + group.title();
        List<String> header = new ArrayList<>(List.of("variant"));
        header.addAll(kinds);
        List<String> names = lines.stream().map(Line::name).toList();
        page.figure(Bars.of(title, "ms", names, kinds, values, 2), title + "; the next table has the numbers.");
        page.table(new Table(title, header, 1, rows));
    }
}
