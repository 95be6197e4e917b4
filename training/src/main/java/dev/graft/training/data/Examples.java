package dev.graft.training.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * Reads a file of rows to be classified, one a line: {@code {"text": "...", "text_pair": "...", "label": "..."}}.
 *
 * <p>{@code text_pair} is optional. A key with the value null counts as missing. Everything else that is not as it
 * should be is an error: see docs/data.md.
 */
public final class Examples {
    private static final Set<String> KEYS = Set.of("text", "text_pair", "label");

    private Examples() {}

    /** Rows whose label may be missing: to predict. */
    public static List<Example> read(Path file) throws DataException {
        return JsonLines.read(file, Examples::row);
    }

    /** Takes rows one after another. */
    @FunctionalInterface
    public interface Taker {
        /** The next row. */
        void take(Example row) throws IOException;
    }

    /**
     * The rows of a file, in its order, without keeping them.
     *
     * @throws DataException that names the line of the first thing that is wrong; the rows before it were taken
     */
    public static void forEach(Path file, Taker taker) throws IOException {
        JsonLines.forEach(file, Examples::row, taker::take);
    }

    /** Rows that all have a label, whichever. */
    public static List<Example> readLabelled(Path file) throws DataException {
        return JsonLines.read(file, Examples::labelled);
    }

    /**
     * Rows that all have one of the known labels: to evaluate.
     *
     * @param labels the known ones
     * @param origin where they come from, for the message: "labels.json", "the adapter"
     */
    public static List<Example> readLabelled(Path file, Collection<String> labels, String origin) throws DataException {
        Set<String> known = Set.copyOf(labels);
        return JsonLines.read(file, line -> {
            Example row = labelled(line);
            if (!known.contains(row.label())) {
                throw line.wrong(unknown(row, labels, origin));
            }
            return row;
        });
    }

    /**
     * The same rows, if all have one of the known labels.
     *
     * @param origin where the labels come from, for the message
     */
    public static List<Example> checked(List<Example> rows, Collection<String> labels, String origin)
            throws DataException {
        for (Example row : rows) {
            if (!labels.contains(row.label())) {
                throw new DataException("a row's " + unknown(row, labels, origin));
            }
        }
        return rows;
    }

    private static String unknown(Example row, Collection<String> labels, String origin) {
        return "label '" + Shown.of(row.label()) + "' is unknown; labels of " + origin + ": " + listed(labels)
                + "; correct the label, or add it there";
    }

    /** The labels that labels.json of a data folder fixes; empty if there is none. */
    public static List<String> labels(Path folder) throws DataException {
        Path file = folder.resolve(LabelsFile.NAME);
        return Files.exists(file) ? LabelsFile.read(file) : List.of();
    }

    /** SHA-256, in hex, of rows in their order. */
    public static String hash(List<Example> rows) {
        return new ContentHash().add(rows).hex();
    }

    private static Example labelled(JsonLine line) throws DataException {
        Example row = row(line);
        if (row.label() == null) {
            throw line.wrong("key 'label' is missing; add it with a text");
        }
        return row;
    }

    private static Example row(JsonLine line) throws DataException {
        line.keys(KEYS);
        String label = line.textOrNull("label");
        if (label != null && label.isBlank()) {
            throw line.wrong("key 'label' is blank; allowed: the name of a class");
        }
        return new Example(line.text("text"), line.textOrNull("text_pair"), label);
    }

    private static String listed(Collection<String> labels) {
        String all = String.join(", ", labels.stream().limit(30).map(Shown::of).toList());
        return labels.size() > 30 ? all + " and " + (labels.size() - 30) + " more" : all;
    }
}
