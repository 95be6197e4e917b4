package dev.graft.training.compare;

import dev.graft.training.report.Table;
import java.util.List;

/** A comparison as text: for the terminal, as Markdown, as CSV. */
public final class ComparisonTable {
    private ComparisonTable() {}

    /** Aligned columns, the best method first, then the methods in order by each figure, then the runs that failed. */
    public static String toText(Comparison comparison) {
        StringBuilder text = new StringBuilder(of(comparison, Column.TERMINAL).lines());
        text.append('\n').append(Advice.noise(comparison)).append('\n');
        if (comparison.ranked().size() > 1) {
            text.append('\n').append(ranks(comparison).lines());
        }
        for (FailedRun failed : comparison.failures()) {
            text.append("failed: ").append(Advice.failure(failed)).append('\n');
        }
        return text.toString();
    }

    /** A Markdown table, with where everything came from below it. */
    public static String toMarkdown(Comparison comparison) {
        StringBuilder text = new StringBuilder(of(comparison, Column.ALL).markdownLines());
        text.append('\n').append(Advice.noise(comparison)).append("\n\n");
        for (FailedRun failed : comparison.failures()) {
            text.append("- failed: ")
                    .append(Table.inline(Advice.failure(failed)))
                    .append('\n');
        }
        for (List<String> fact : Advice.facts(comparison)) {
            text.append("- ")
                    .append(fact.get(0))
                    .append(": ")
                    .append(Table.inline(fact.get(1)))
                    .append('\n');
        }
        return text.append("- command: `")
                .append(comparison.provenance().command())
                .append("`\n")
                .toString();
    }

    /** As a LaTeX table, the best method first. */
    public static String toLatex(Comparison comparison) {
        return of(comparison, Column.ALL).toLatex();
    }

    /** One line a run, with every digit, as RFC 4180 has it. */
    public static String toCsv(Comparison comparison) {
        return Csv.of(comparison);
    }

    /** The methods in their rank, with some columns. */
    static Table of(Comparison comparison, List<Column> columns) {
        return new Table(
                Advice.heading(comparison) + ": " + comparison.provenance().data(),
                columns.stream().map(Column::title).toList(),
                columns.stream().map(Column::words).toList(),
                comparison.ranked().stream()
                        .map(one -> columns.stream()
                                .map(column -> column.cell().apply(one))
                                .toList())
                        .toList());
    }

    /** The methods in order by each figure. */
    static Table ranks(Comparison comparison) {
        List<List<String>> places = Rank.places(comparison);
        int columns = places.get(0).size();
        return new Table("", places.get(0), columns, places.subList(1, places.size()));
    }
}
