package dev.graft.training.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Iterator;
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
        if (!value.isTextual()) {
            throw wrong("key '" + key + "' is " + Shown.of(value.toString()) + "; allowed: a text in double quotes");
        }
        if (hasLoneSurrogate(value.textValue())) {
            throw wrong("key '" + key + "' holds half of a surrogate pair, which is not a character; repair the text");
        }
        return value.textValue();
    }

    /** An error about this line. */
    DataException wrong(String what) {
        return new DataException(file + ", line " + number + ": " + what);
    }

    private static boolean hasLoneSurrogate(String text) {
        return text.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }
}
