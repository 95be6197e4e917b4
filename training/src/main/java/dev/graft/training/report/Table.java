package dev.graft.training.report;

import java.util.ArrayList;
import java.util.List;

/**
 * A table of a report.
 *
 * @param title above it
 * @param columns their titles
 * @param words number of columns from the left that hold words and stand at the left; the others hold numbers
 * @param rows as many cells each as there are columns
 */
public record Table(String title, List<String> columns, int words, List<List<String>> rows) {
    /** Copies the lists; every row has a cell for each column. */
    public Table {
        columns = List.copyOf(columns);
        List<List<String>> copy = new ArrayList<>();
        for (List<String> row : rows) {
            if (row.size() != columns.size()) {
                throw new IllegalArgumentException(row.size() + " cells for " + columns.size() + " columns: " + row);
            }
            copy.add(List.copyOf(row));
        }
        rows = List.copyOf(copy);
    }

    /** In lines of one width, for a terminal. */
    public String toText() {
        int[] widths = new int[columns.size()];
        List<List<String>> all = new ArrayList<>(List.of(columns));
        all.addAll(rows);
        for (List<String> row : all) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        StringBuilder text = new StringBuilder(title).append("\n\n");
        for (List<String> row : all) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                String space = " ".repeat(widths[i] - row.get(i).length());
                line.append(i == 0 ? "" : "  ").append(i < words ? row.get(i) + space : space + row.get(i));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.append('\n').toString();
    }

    /** In Markdown. */
    public String toMarkdown() {
        StringBuilder text = new StringBuilder("### ").append(title).append("\n\n");
        text.append(markdown(columns));
        List<String> rule = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            rule.add(i < words ? "---" : "---:");
        }
        text.append(markdown(rule));
        rows.forEach(row -> text.append(markdown(row)));
        return text.append('\n').toString();
    }

    private static String markdown(List<String> cells) {
        List<String> safe = cells.stream()
                .map(cell -> cell.replaceAll("\\R", " ").replace("|", "\\|"))
                .toList();
        return "| " + String.join(" | ", safe) + " |\n";
    }

    /** As a LaTeX table with booktabs' rules. */
    public String toLatex() {
        StringBuilder text = new StringBuilder("\\begin{table}\n\\caption{")
                .append(latex(title))
                .append("}\n");
        text.append("\\begin{tabular}{")
                .append("l".repeat(words))
                .append("r".repeat(columns.size() - words))
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
