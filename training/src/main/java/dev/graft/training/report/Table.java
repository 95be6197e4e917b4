package dev.graft.training.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A table of a report.
 *
 * @param title above it
 * @param columns their titles
 * @param words true for a column that holds words and stands at the left; the others hold numbers
 * @param rows as many cells each as there are columns
 */
public record Table(String title, List<String> columns, List<Boolean> words, List<List<String>> rows) {
    /** Copies the lists; every row has a cell for each column. */
    public Table {
        columns = List.copyOf(columns);
        words = List.copyOf(words);
        List<List<String>> copy = new ArrayList<>();
        for (List<String> row : rows) {
            if (row.size() != columns.size()) {
                throw new IllegalArgumentException(row.size() + " cells for " + columns.size() + " columns: " + row);
            }
            copy.add(List.copyOf(row));
        }
        rows = List.copyOf(copy);
    }

    /** A table whose first columns hold words, and the others numbers. */
    public Table(String title, List<String> columns, int words, List<List<String>> rows) {
        this(
                title,
                columns,
                IntStream.range(0, columns.size()).mapToObj(i -> i < words).toList(),
                rows);
    }

    /** With its title above it, for a terminal. */
    public String toText() {
        return title + "\n\n" + lines() + "\n";
    }

    /** Columns and rows in lines of one width. */
    public String lines() {
        int[] widths = new int[columns.size()];
        List<List<String>> all = new ArrayList<>(List.of(columns));
        all.addAll(rows);
        for (List<String> row : all) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<String> row : all) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                String space = " ".repeat(widths[i] - row.get(i).length());
                line.append(i == 0 ? "" : "  ").append(words.get(i) ? row.get(i) + space : space + row.get(i));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    /** With its title above it, in Markdown. */
    public String toMarkdown() {
        return "### " + title + "\n\n" + markdownLines() + "\n";
    }

    /** Columns and rows in Markdown. */
    public String markdownLines() {
        StringBuilder text = new StringBuilder(markdown(columns));
        text.append(markdown(words.stream().map(left -> left ? "---" : "---:").toList()));
        rows.forEach(row -> text.append(markdown(row)));
        return text.toString();
    }

    private static String markdown(List<String> cells) {
        return "| " + String.join(" | ", cells.stream().map(Table::inline).toList()) + " |\n";
    }

    /** A text in a line of Markdown that does not end a cell. */
    public static String inline(String text) {
        return text.replaceAll("\\R", " ").replace("|", "\\|");
    }

    /**
     * In HTML.
     *
     * @param caption above it; empty for none
     */
    public String toHtml(String caption) {
        StringBuilder html = new StringBuilder("<table>");
        html.append(caption.isEmpty() ? "" : "<caption>" + Markup.escape(caption) + "</caption>");
        html.append("<thead><tr>");
        cells(html, columns, "th scope=\"col\"", "th");
        html.append("</tr></thead><tbody>\n");
        for (List<String> row : rows) {
            html.append("<tr>");
            cells(html, row, "td", "td");
            html.append("</tr>\n");
        }
        return html.append("</tbody></table>").toString();
    }

    private void cells(StringBuilder html, List<String> cells, String begin, String end) {
        for (int i = 0; i < cells.size(); i++) {
            String number = words.get(i) ? "" : " class=\"number\"";
            html.append('<').append(begin).append(number).append('>').append(Markup.escape(cells.get(i)));
            html.append("</").append(end).append('>');
        }
    }

    /** As a LaTeX table with booktabs' rules. */
    public String toLatex() {
        StringBuilder text = new StringBuilder("\\begin{table}\n\\caption{")
                .append(latex(title))
                .append("}\n");
        text.append("\\begin{tabular}{")
                .append(words.stream().map(left -> left ? "l" : "r").collect(Collectors.joining()))
                .append("}\n\\toprule\n")
                .append(latex(columns))
                .append("\\midrule\n");
        rows.forEach(row -> text.append(latex(row)));
        return text.append("\\bottomrule\n\\end{tabular}\n\\end{table}\n\n").toString();
    }

    private static String latex(List<String> cells) {
        return String.join(" & ", cells.stream().map(Table::latex).toList()) + " \\\\\n";
    }

    private static String latex(String cell) {
        return cell.replaceAll("\\R", " ")
                .replace("\\", "\u0000")
                .replaceAll("([&%$#_{}])", "\\\\$1")
                .replace("~", "\\textasciitilde{}")
                .replace("^", "\\textasciicircum{}")
                .replace("\u0000", "\\textbackslash{}")
                .replace("\u00B1", "$\\pm$")
                .replace("\u2212", "$-$");
    }
}
