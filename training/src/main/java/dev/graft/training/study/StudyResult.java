package dev.graft.training.study;

import dev.graft.training.report.Table;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a study gave.
 *
 * @param study its id
 * @param base name of the base
 * @param title for people
 * @param note what was done and how, in sentences
 * @param parts tables, with pictures of some
 * @param rows all numbers, with every digit
 */
public record StudyResult(String study, String base, String title, String note, List<Part> parts, List<Row> rows) {
    /** Copies the lists. */
    public StudyResult {
        parts = List.copyOf(parts);
        rows = List.copyOf(rows);
    }

    /**
     * A table.
     *
     * @param picture of its numbers as SVG, or null
     */
    public record Part(Table table, String picture) {
        /** A table alone. */
        public Part(Table table) {
            this(table, null);
        }
    }

    /**
     * Numbers.
     *
     * @param what they belong to
     * @param figures a repetition gives the same, bit for bit
     * @param measured times and memory, which differ
     */
    public record Row(Map<String, Object> what, Map<String, Object> figures, Map<String, Object> measured) {
        /** Copies the maps. */
        public Row {
            what = Collections.unmodifiableMap(new LinkedHashMap<>(what));
            figures = Collections.unmodifiableMap(new LinkedHashMap<>(figures));
            measured = Collections.unmodifiableMap(new LinkedHashMap<>(measured));
        }
    }

    /** The rows without what was measured. */
    public List<Map<String, Object>> repeatable() {
        return rows.stream().map(row -> line(row, false)).toList();
    }

    /** The rows of studies.jsonl. */
    public List<Map<String, Object>> lines() {
        return rows.stream().map(row -> line(row, true)).toList();
    }

    private Map<String, Object> line(Row row, boolean whole) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("study", study);
        line.put("base", base);
        line.put("what", row.what());
        line.put("figures", row.figures());
        if (whole) {
            line.put("measured", row.measured());
        }
        return line;
    }
}
