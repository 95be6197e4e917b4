package dev.graft.training.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * One JSON object of a file, read strictly: every problem is an error that names file, line and key.
 *
 * @param file where it is
 * @param number of the line, from 1
 * @param object its content
 */
record JsonLine(Path file, int number, JsonNode object) {
    /** Refuses keys that are not among the allowed ones. */
    void keys(Set<String> allowed) throws DataException {
        for (Iterator<String> keys = object.fieldNames(); keys.hasNext(); ) {
            String key = keys.next();
            if (!allowed.contains(key)) {
                throw wrong("unknown key '" + key + "'; allowed keys: " + String.join(", ", new TreeSet<>(allowed))
                        + "; remove or rename it");
            }
        }
    }

    /** The text under a key. */
    String text(String key) throws DataException {
        String text = textOrNull(key);
        if (text == null) {
            throw wrong("key '" + key + "' is missing; add it with a text");
        }
        return text;
    }

    /** The text under a key, or null where it is missing or null. */
    String textOrNull(String key) throws DataException {
        JsonNode value = object.get(key);
        if (value == null || value.isNull()) {
            return null;
        }
        return text(key, value);
    }

    private String text(String key, JsonNode value) throws DataException {
        if (!value.isTextual()) {
            throw wrong("key '" + key + "' is " + Shown.of(value.toString()) + "; allowed: a text in double quotes");
        }
        if (hasLoneSurrogate(value.textValue())) {
            throw wrong("key '" + key + "' holds half of a surrogate pair, which is not a character; repair the text");
        }
        return value.textValue();
    }

    /** The texts under a key, at least one; none where it is missing or null. */
    List<String> texts(String key) throws DataException {
        JsonNode list = object.get(key);
        if (list == null || list.isNull()) {
            return List.of();
        }
        if (!list.isArray() || list.isEmpty()) {
            throw wrong(
                    "key '" + key + "' is " + Shown.of(list.toString()) + "; allowed: a list of texts, at least one");
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode each : list) {
            texts.add(text(key, each));
        }
        return texts;
    }

    /** An error about this line. */
    DataException wrong(String what) {
        return new DataException(file + ", line " + number + ": " + what);
    }

    private static boolean hasLoneSurrogate(String text) {
        return text.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }
}
