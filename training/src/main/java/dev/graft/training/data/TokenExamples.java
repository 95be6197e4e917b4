package dev.graft.training.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** Reads a file of words with their classes, one text a line: {@code {"tokens": [...], "labels": [...]}}, strictly. */
public final class TokenExamples {
    private static final Set<String> KEYS = Set.of("tokens", "labels");

    private TokenExamples() {}

    /** Rows that all have labels, whichever. */
    public static List<TokenExample> readLabelled(Path file) throws DataException {
        return JsonLines.read(file, TokenExamples::labelled);
    }

    /**
     * Rows that all have known labels.
     *
     * @param labels the known ones
     * @param origin where they come from, for the message
     */
    public static List<TokenExample> readLabelled(Path file, Collection<String> labels, String origin)
            throws DataException {
        Set<String> known = Set.copyOf(labels);
        return JsonLines.read(file, line -> {
            TokenExample row = labelled(line);
            for (String label : row.labels()) {
                if (!known.contains(label)) {
                    throw line.wrong("label '" + Shown.of(label) + "' is unknown; labels of " + origin + ": "
                            + String.join(
                                    ", ",
                                    labels.stream().limit(30).map(Shown::of).toList())
                            + "; correct the label, or add it there");
                }
            }
            return row;
        });
    }

    /** Takes rows one after another. */
    @FunctionalInterface
    public interface Taker {
        /** The next row. */
        void take(TokenExample row) throws IOException;
    }

    /**
     * The rows of a file, in its order, without keeping them; their labels may be missing.
     *
     * @throws DataException that names the line of the first thing that is wrong; the rows before it were taken
     */
    public static void forEach(Path file, Taker taker) throws IOException {
        JsonLines.forEach(file, TokenExamples::row, taker::take);
    }

    /** True if the first row has words. */
    public static boolean isTokens(Path file) throws DataException {
        return JsonLines.first(file).object().has("tokens");
    }

    private static TokenExample labelled(JsonLine line) throws DataException {
        TokenExample row = row(line);
        if (row.labels().isEmpty()) {
            throw line.wrong("key 'labels' is missing; add it with a label for each token");
        }
        return row;
    }

    private static TokenExample row(JsonLine line) throws DataException {
        line.keys(KEYS);
        List<String> words = texts(line, "tokens");
        List<String> labels = texts(line, "labels");
        if (words.isEmpty()) {
            throw line.wrong("key 'tokens' is missing or empty; add it with the words of a text");
        }
        if (!labels.isEmpty() && labels.size() != words.size()) {
            throw line.wrong("there are " + words.size() + " tokens and " + labels.size()
                    + " labels; give a label for each token");
        }
        return new TokenExample(words, labels);
    }

    private static List<String> texts(JsonLine line, String key) throws DataException {
        JsonNode value = line.object().get(key);
        List<String> texts = new ArrayList<>();
        if (value == null || value.isNull()) {
            return texts;
        }
        if (!value.isArray()) {
            throw line.wrong("key '" + key + "' is " + Shown.of(value.toString()) + "; allowed: a list of texts");
        }
        for (JsonNode each : value) {
            if (!each.isTextual() || each.textValue().isBlank()) {
                throw line.wrong(
                        "key '" + key + "' holds " + Shown.of(each.toString()) + "; allowed: texts that are not blank");
            }
            texts.add(each.textValue());
        }
        return texts;
    }
}
