package dev.graft.training.compare;

import dev.graft.training.report.Markup;
import dev.graft.training.report.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Tables of a page. */
final class HtmlTable {
    private HtmlTable() {}

    /** The methods in their rank, with some columns. */
    static String of(Comparison comparison, List<Column> columns) {
        return ComparisonTable.of(comparison, columns).toHtml("");
    }

    /** The methods in order by each figure. */
    static String ranks(Comparison comparison) {
        return ComparisonTable.ranks(comparison).toHtml("");
    }

    /** Smoothed losses at five moments of the training. */
    static String losses(Comparison comparison) {
        List<List<String>> rows = new ArrayList<>();
        for (MethodSummary one : comparison.ranked()) {
            List<LossPoint> all = one.losses();
            List<LossPoint> moments = LossCurves.thin(LossCurves.smooth(all, LossCurves.window(all.size())), 5);
            List<String> row = new ArrayList<>(List.of(one.name()));
            for (int i = 0; i < 5; i++) {
                row.add(i < moments.size() ? Figures.fixed(moments.get(i).loss(), 3) : "");
            }
            rows.add(row);
        }
        return new Table("", List.of("method", "start", "25 %", "50 %", "75 %", "end"), 1, rows).toHtml("");
    }

    /** Two columns: name and value. */
    static String facts(List<List<String>> facts) {
        return facts.stream()
                .map(fact -> "<tr><th scope=\"row\">" + Markup.escape(fact.get(0)) + "</th><td>"
                        + Markup.escape(fact.get(1)) + "</td></tr>\n")
                .collect(Collectors.joining("", "<table class=\"facts\"><tbody>\n", "</tbody></table>"));
    }
}
