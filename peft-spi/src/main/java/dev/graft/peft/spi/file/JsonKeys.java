package dev.graft.peft.spi.file;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Takes keys out of a JSON object, each with its type; null counts as absent. */
final class JsonKeys {
    private final Path file;
    private final Map<String, Object> rest;
    private final List<String> known = new ArrayList<>();

    JsonKeys(Path file, Map<String, Object> object) {
        this.file = file;
        this.rest = new LinkedHashMap<>(object);
    }

    /** A text, or null. */
    String text(String key) throws FileFormatException {
        Object value = take(key);
        if (value == null || value instanceof String) {
            return (String) value;
        }
        throw wrong(key, value, "a text");
    }

    /** A whole number, or null. */
    Long whole(String key) throws FileFormatException {
        Object value = take(key);
        if (value == null || value instanceof Integer || value instanceof Long) {
            return value == null ? null : ((Number) value).longValue();
        }
        throw wrong(key, value, "a whole number");
    }

    /** A whole number from 1, or null. */
    Integer count(String key) throws FileFormatException {
        Long value = whole(key);
        if (value != null && (value < 1 || value > Integer.MAX_VALUE)) {
            throw wrong(key, value, "a whole number from 1");
        }
        return value == null ? null : value.intValue();
    }

    /** A list of texts; empty if absent. */
    List<String> texts(String key) throws FileFormatException {
        Object value = take(key);
        if (value == null) {
            return List.of();
        }
        if (value instanceof List<?> list && list.stream().allMatch(String.class::isInstance)) {
            return list.stream().map(String.class::cast).toList();
        }
        throw wrong(key, value, "a list of texts");
    }

    /** An object; empty if absent. */
    @SuppressWarnings("unchecked") // keys of a JSON object are texts
    Map<String, Object> object(String key) throws FileFormatException {
        Object value = take(key);
        if (value == null || value instanceof Map<?, ?>) {
            return value == null ? Map.of() : (Map<String, Object>) value;
        }
        throw wrong(key, value, "an object");
    }

    /** Whatever the key has; it is of no use. */
    void ignore(String key) {
        take(key);
    }

    /** What was not taken, in the order of the file. */
    Map<String, Object> rest() {
        return rest;
    }

    /** Refuses what was not taken. */
    void finish() throws FileFormatException {
        for (Map.Entry<String, Object> entry : rest.entrySet()) {
            throw new FileFormatException(
                    file, "has the unknown key '" + entry.getKey() + "'; known: " + String.join(", ", known));
        }
    }

    FileFormatException wrong(String key, Object value, String allowed) {
        return new FileFormatException(file, "'" + key + "' is " + Names.brief(value) + "; allowed: " + allowed);
    }

    private Object take(String key) {
        known.add(key);
        return rest.remove(key);
    }
}
