package dev.graft.training.report;

import java.util.List;
import java.util.stream.Collectors;

/** Lines of comma-separated values, as RFC 4180 has them. */
public final class CsvLine {
    private CsvLine() {}

    /** Cells as a line with its end; null is empty. */
    public static String of(List<?> cells) {
        return cells.stream()
                .map(cell -> quoted(cell == null ? "" : cell.toString()))
                .collect(Collectors.joining(",", "", "\r\n"));
    }

    private static String quoted(String cell) {
        boolean plain = cell.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return plain ? cell : '"' + cell.replace("\"", "\"\"") + '"';
    }
}
