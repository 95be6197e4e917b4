package dev.graft.peft.spi;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One of several methods that act at once, and its settings in those of the whole and alone.
 *
 * @param name among the parts, such as {@code pfeiffer2}
 * @param method id of its method
 */
public record MethodPart(String name, String method) {
    /** What stands in front of its tensors' names and its settings' keys. */
    public String prefix() {
        return name + ".";
    }

    /** Its settings as if it were alone, out of those of the whole. */
    public Map<String, Object> alone(Map<String, ?> whole) {
        Map<String, Object> own = new LinkedHashMap<>();
        whole.forEach((key, value) -> {
            String rest = key.startsWith(prefix()) ? key.substring(prefix().length()) : "";
            if (!rest.isEmpty() && !Composition.KEYS.contains(rest)) {
                own.put(rest, value);
            }
        });
        return own;
    }

    /**
     * Puts its settings into those of a whole.
     *
     * @param own as if it were alone
     * @param like a whole that says how the part is trained
     */
    public Map<String, Object> among(Map<String, ?> own, Map<String, ?> like) {
        Map<String, Object> whole = new LinkedHashMap<>();
        Composition.KEYS.stream()
                .map(key -> prefix() + key)
                .filter(like::containsKey)
                .forEach(key -> whole.put(key, like.get(key)));
        own.forEach((key, value) -> whole.put(prefix() + key, value));
        return whole;
    }
}
