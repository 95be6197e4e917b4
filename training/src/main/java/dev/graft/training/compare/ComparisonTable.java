package dev.graft.training.compare;

import dev.graft.training.report.Table;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A comparison as text: for the terminal, as Markdown, as CSV. */
public final class ComparisonTable {
    private ComparisonTable() {}

    /** Aligned columns, the best method first, then the methods in order by each figure, then the runs that failed. */
    public static String toText(Comparison comparison) {
        List<Boolean> words = Column.TERMINAL.stream().map(Column::words).toList();
        StringBuilder text = new StringBuilder(aligned(rows(comparison, Column.TERMINAL), words));
        text.append('\n').append(Advice.noise(comparison)).append('\n');
        if (comparison.ranked().size() > 1) {
            List<List<String>> places = Rank.places(comparison);
            text.append('\n')
                    .append(aligned(places, Collections.nCopies(places.get(0).size(), true)));
        }
        for (FailedRun failed : comparison.failures()) {
            text.append("failed: ").append(Advice.failure(failed)).append('\n');
        }
        return text.toString();
    }

    private static String aligned(List<List<String>> rows, List<Boolean> words) {
        int[] widths = new int[words.size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                String pad = " ".repeat(widths[i] - row.get(i).length());
                line.append(i == 0 ? "" : "  ");
                line.append(words.get(i) ? row.get(i) + pad : pad + row.get(i));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    /** A Markdown table, with where everything came from below it. */
    public static String toMarkdown(Comparison comparison) {
        StringBuilder text = new StringBuilder();
        List<List<String>> rows = rows(comparison, Column.ALL);
        for (int i = 0; i < rows.size(); i++) {
            text.append(markdownRow(rows.get(i)));
            if (i == 0) {
                text.append(markdownRow(Column.ALL.stream()
                        .map(column -> column.words() ? "---" : "---:")
                        .toList()));
            }
        }
        text.append('\n').append(Advice.noise(comparison)).append("\n\n");
        for (FailedRun failed : comparison.failures()) {
            text.append("- failed: ").append(inline(Advice.failure(failed))).append('\n');
        }
        for (List<String> fact : Advice.facts(comparison)) {
            text.append("- ")
                    .append(fact.get(0))
                    .append(": ")
                    .append(inline(fact.get(1)))
                    .append('\n');
        }
        return text.append("- command: `")
                .append(comparison.provenance().command())
                .append("`\n")
                .toString();
    }

    /** As a LaTeX table, the best method first. */
    public static String toLatex(Comparison comparison) {
        List<List<String>> rows = rows(comparison, Column.ALL);
        String title =
                Advice.heading(comparison) + ": " + comparison.provenance().data();
        return new Table(title, rows.get(0), 1, rows.subList(1, rows.size())).toLatex();
    }

    /** One line a run, with every digit, as RFC 4180 has it. */
    public static String toCsv(Comparison comparison) {
        return Csv.of(comparison);
    }

    private static List<List<String>> rows(Comparison comparison, List<Column> columns) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(columns.stream().map(Column::title).toList());
        for (MethodSummary one : comparison.ranked()) {
            rows.add(columns.stream().map(column -> column.cell().apply(one)).toList());
        }
        return rows;
    }

    private static String markdownRow(List<String> cells) {
        List<String> safe = cells.stream().map(ComparisonTable::inline).toList();
        return "| " + String.join(" | ", safe) + " |\n";
    }

    private static String inline(String text) {
        return text.replaceAll("\\R", " ").replace("|", "\\|");
    }
}
