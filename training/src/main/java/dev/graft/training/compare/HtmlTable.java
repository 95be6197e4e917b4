package dev.graft.training.compare;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Tables of a page. */
final class HtmlTable {
    private HtmlTable() {}

    /** The methods in their rank, with some columns. */
    static String of(Comparison comparison, List<Column> columns) {
        StringBuilder html = new StringBuilder("<table><thead><tr>");
        columns.forEach(column -> html.append(cell("th scope=\"col\"", column.words(), column.title())));
        html.append("</tr></thead><tbody>\n");
        for (MethodSummary one : comparison.ranked()) {
            html.append("<tr>");
            for (Column column : columns) {
                html.append(cell("td", column.words(), column.cell().apply(one)));
            }
            html.append("</tr>\n");
        }
        return html.append("</tbody></table>").toString();
    }

    /** The methods in order by each figure. */
    static String ranks(Comparison comparison) {
        List<List<String>> places = Rank.places(comparison);
        StringBuilder html = new StringBuilder("<table><thead><tr>");
        places.get(0).forEach(title -> html.append(cell("th scope=\"col\"", true, title)));
        html.append("</tr></thead><tbody>\n");
        for (List<String> place : places.subList(1, places.size())) {
            html.append("<tr>");
            place.forEach(text -> html.append(cell("td", true, text)));
            html.append("</tr>\n");
        }
        return html.append("</tbody></table>").toString();
    }

    /** Smoothed losses at five moments of the training. */
    static String losses(Comparison comparison) {
        List<String> titles = List.of("method", "start", "25 %", "50 %", "75 %", "end");
        StringBuilder html = new StringBuilder("<table><thead><tr>");
        titles.forEach(title -> html.append(cell("th scope=\"col\"", title.equals("method"), title)));
        html.append("</tr></thead><tbody>\n");
        for (MethodSummary one : comparison.ranked()) {
            List<LossPoint> all = one.losses();
            List<LossPoint> moments = LossCurves.thin(LossCurves.smooth(all, LossCurves.window(all.size())), 5);
            html.append("<tr>").append(cell("td", true, one.name()));
            for (int i = 0; i < 5; i++) {
                boolean there = i < moments.size();
                html.append(
                        cell("td", false, there ? Figures.fixed(moments.get(i).loss(), 3) : ""));
            }
            html.append("</tr>\n");
        }
        return html.append("</tbody></table>").toString();
    }

    /** Two columns: name and value. */
    static String facts(List<List<String>> facts) {
        return facts.stream()
                .map(fact -> "<tr><th scope=\"row\">" + Page.escape(fact.get(0)) + "</th>"
                        + cell("td", true, fact.get(1)) + "</tr>\n")
                .collect(Collectors.joining("", "<table class=\"facts\"><tbody>\n", "</tbody></table>"));
    }

    private static String cell(String tag, boolean words, String text) {
        String end = tag.substring(0, 2).toLowerCase(Locale.ROOT);
        return "<" + tag + (words ? "" : " class=\"number\"") + ">" + Page.escape(text) + "</" + end + ">";
    }
}
