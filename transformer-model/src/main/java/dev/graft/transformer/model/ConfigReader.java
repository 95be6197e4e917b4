package dev.graft.transformer.model;

import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.peft.spi.file.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** Reads the keys of a config.json strictly; each family is one {@link Family} that says which keys it knows. */
final class ConfigReader {
    /** Turns a family's keys into a configuration. */
    @FunctionalInterface
    interface Family {
        ModelConfig read(ConfigReader config) throws FileFormatException;
    }

    private static final Map<String, Family> FAMILIES =
            Collections.unmodifiableSortedMap(new TreeMap<>(Map.of("bert", new BertConfig())));

    private final Path file;
    private final Map<String, Object> json;

    private ConfigReader(Path file, Map<String, Object> json) {
        this.file = file;
        this.json = json;
    }

    static ModelConfig read(Path file) throws IOException {
        return read(file, Json.read(file));
    }

    static ModelConfig read(Path file, Map<String, Object> json) throws FileFormatException {
        ConfigReader reader = new ConfigReader(file, json);
        String type = reader.text("model_type", null);
        Family family = FAMILIES.get(type);
        if (family == null) {
            throw reader.wrong("model_type", type, "one of " + String.join(", ", FAMILIES.keySet()));
        }
        return family.read(reader);
    }

    Map<String, Object> json() {
        return json;
    }

    /** A whole number from {@code least}; {@code otherwise} null if there must be one. */
    int integer(String key, Integer otherwise, int least) throws FileFormatException {
        Object value = value(key, otherwise);
        if (value instanceof Integer number && number >= least) {
            return number;
        }
        throw wrong(key, value, "a whole number from " + least);
    }

    /** A number from {@code least} to {@code most}, both included. */
    double number(String key, Double otherwise, double least, double most) throws FileFormatException {
        Object value = value(key, otherwise);
        if (value instanceof Number number && number.doubleValue() >= least && number.doubleValue() <= most) {
            return number.doubleValue();
        }
        throw wrong(key, value, "a number from " + least + " to " + most);
    }

    String text(String key, String otherwise) throws FileFormatException {
        Object value = value(key, otherwise);
        if (value instanceof String text) {
            return text;
        }
        throw wrong(key, value, "a text");
    }

    String choice(String key, String otherwise, List<String> allowed) throws FileFormatException {
        String text = text(key, otherwise);
        if (!allowed.contains(text)) {
            throw wrong(key, text, "one of " + String.join(", ", allowed));
        }
        return text;
    }

    /** Refuses a key that changes the results, unless it has a value with which it does not. */
    void only(String key, Object... neutral) throws FileFormatException {
        Object value = json.get(key);
        for (Object allowed : neutral) {
            if (Objects.equals(value, allowed)) {
                return;
            }
        }
        if (value != null) {
            throw wrong(key, value, neutral[0] + "; Graft does not support anything else");
        }
    }

    /** The labels by id, from id2label or num_labels. */
    List<String> labels() throws FileFormatException {
        List<String> labels = new ArrayList<>();
        if (json.get("id2label") instanceof Map<?, ?> map) {
            for (int id = 0; id < map.size(); id++) {
                if (!(map.get(Integer.toString(id)) instanceof String label)) {
                    throw wrong("id2label", map, "a map from the ids 0 to " + (map.size() - 1) + " to texts");
                }
                labels.add(label);
            }
            only("num_labels", labels.size());
            return labels;
        }
        only("id2label", Map.of());
        int count = integer("num_labels", 0, 0);
        if (count > 1 << 20) {
            throw wrong("num_labels", count, "at most " + (1 << 20));
        }
        for (int id = 0; id < count; id++) {
            labels.add("LABEL_" + id);
        }
        return labels;
    }

    FileFormatException wrong(String key, Object value, String allowed) {
        String given = Objects.toString(value);
        String shown = given.length() <= 200 ? given : given.substring(0, 200) + "...";
        return new FileFormatException(
                file,
                value == null
                        ? "'" + key + "' is missing; allowed: " + allowed
                        : "'" + key + "' is " + shown + "; allowed: " + allowed);
    }

    private Object value(String key, Object otherwise) {
        Object value = json.get(key);
        return value == null ? otherwise : value;
    }
}
