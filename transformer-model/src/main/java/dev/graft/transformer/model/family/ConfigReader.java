package dev.graft.transformer.model.family;

import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.peft.spi.file.Json;
import dev.graft.transformer.model.architecture.Blueprint;
import dev.graft.transformer.model.architecture.HeadPlan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Reads the keys of a config.json strictly; each {@link Family} says which keys it knows. */
public final class ConfigReader {
    private static final Map<String, Family> FAMILIES = Collections.unmodifiableSortedMap(new TreeMap<>(Map.ofEntries(
            Map.entry("albert", new Albert()),
            Map.entry("bart", new Bart()),
            Map.entry("bert", new Bert()),
            Map.entry("deberta-v2", new DebertaV2()),
            Map.entry("distilbert", new DistilBert()),
            Map.entry("electra", new Electra()),
            Map.entry("gemma2", new Gemma2()),
            Map.entry("gpt2", new Gpt2()),
            Map.entry("llama", new Llama()),
            Map.entry("mistral", new Mistral()),
            Map.entry("qwen2", new Qwen2()),
            Map.entry("qwen3", new Qwen3()),
            Map.entry("roberta", new Roberta("roberta", "Roberta")),
            Map.entry("t5", new T5()),
            Map.entry("xlm-roberta", new Roberta("xlm-roberta", "XLMRoberta")))));

    /** Activations by the names of config.json. */
    static final List<String> ACTIVATIONS =
            List.of("gelu", "gelu_new", "gelu_pytorch_tanh", "gelu_fast", "relu", "silu", "swish");

    private final Path file;
    private final Map<String, Object> json;

    /** In front of keys in messages. */
    private final String within;

    private ConfigReader(Path file, Map<String, Object> json, String within) {
        this.file = file;
        this.json = json;
        this.within = within;
    }

    /**
     * What a file says.
     *
     * @param plan of the model
     * @param labels of its classifier by id; empty if the file has none
     * @param json the whole file
     */
    public record Found(Blueprint plan, List<String> labels, Map<String, Object> json) {}

    /**
     * Reads a config.json.
     *
     * @throws FileFormatException if a value is missing, wrong or not supported
     */
    public static Found read(Path file) throws IOException {
        return read(file, Json.read(file));
    }

    /** Reads the content of a config.json. */
    public static Found read(Path file, Map<String, Object> json) throws FileFormatException {
        ConfigReader reader = new ConfigReader(file, json, "");
        String type = reader.text("model_type", null);
        Family family = FAMILIES.get(type);
        if (family == null) {
            throw reader.wrong("model_type", type, "one of " + String.join(", ", FAMILIES.keySet()));
        }
        return new Found(family.read(reader), reader.labels(), json);
    }

    /** The map under a key, or null if there is none. */
    ConfigReader part(String key) throws FileFormatException {
        Object value = json.get(key);
        if (value == null) {
            return null;
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> inner = new TreeMap<>();
            map.forEach((name, each) -> inner.put(String.valueOf(name), each));
            return new ConfigReader(file, inner, key + ".");
        }
        throw wrong(key, value, "a map");
    }

    /** True if the list under a key has a text in it. */
    boolean lists(String key, String text) {
        return json.get(key) instanceof List<?> list && list.contains(text);
    }

    /** True if the file has a key and its value is not null. */
    boolean has(String key) {
        return json.get(key) != null;
    }

    /** True if the file has a key, and be it with null. */
    boolean names(String key) {
        return json.containsKey(key);
    }

    /** Texts from some that are allowed; empty if there is no list. */
    List<String> choices(String key, List<String> allowed) throws FileFormatException {
        Object value = json.get(key);
        List<String> found = new ArrayList<>();
        if (value != null && !(value instanceof List<?>)) {
            throw wrong(key, value, "a list");
        }
        for (Object each : value == null ? List.of() : (List<?>) value) {
            if (!(each instanceof String text) || !allowed.contains(text)) {
                throw wrong(key, value, "a list of " + String.join(", ", allowed));
            }
            found.add(text);
        }
        return found;
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

    /** A list of so many numbers. */
    List<Double> numbers(String key, int count, double least, double most) throws FileFormatException {
        Object value = value(key, null);
        List<Double> found = new ArrayList<>();
        for (Object each : value instanceof List<?> list ? list : List.of()) {
            if (each instanceof Number number && number.doubleValue() >= least && number.doubleValue() <= most) {
                found.add(number.doubleValue());
            }
        }
        if (!(value instanceof List<?> list) || list.size() != count || found.size() != count) {
            throw wrong(key, value, "a list of " + count + " numbers from " + least + " to " + most);
        }
        return found;
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

    /** A list of texts, or one text that a character splits; empty where there is none. */
    List<String> texts(String key, String split) throws FileFormatException {
        Object value = value(key, List.of());
        if (value instanceof String text) {
            return List.of(text.split(Pattern.quote(split)));
        }
        List<String> texts = new ArrayList<>();
        for (Object each : value instanceof List<?> list ? list : List.of(value)) {
            if (!(each instanceof String text)) {
                throw wrong(key, value, "texts");
            }
            texts.add(text);
        }
        return texts;
    }

    /** How the family classifies tokens; the checkpoint's own classifier may be one of them. */
    HeadPlan.Tokens tokens(String prefix, double dropout) {
        String architecture = prefix + "ForTokenClassification";
        Object given = json.get("architectures");
        return new HeadPlan.Tokens(
                dropout, architecture, given instanceof List<?> names && names.contains(architecture));
    }

    boolean flag(String key, boolean otherwise) throws FileFormatException {
        Object value = value(key, otherwise);
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw wrong(key, value, "true or false");
    }

    /** A token's id, or -1 where there is none. */
    int token(String key, Integer otherwise, int vocabulary) throws FileFormatException {
        Object value = json.containsKey(key) ? json.get(key) : otherwise;
        if (value == null) {
            return -1;
        }
        if (value instanceof Integer id && id >= 0 && id < vocabulary) {
            return id;
        }
        throw wrong(key, value, "a token's id, from 0 to " + (vocabulary - 1));
    }

    /** As {@link #token}; an id that the vocabulary has not is none, as it is to transformers: no text has it. */
    int possibleToken(String key, Integer otherwise, int vocabulary) throws FileFormatException {
        return json.get(key) instanceof Integer id && (id < 0 || id >= vocabulary)
                ? -1
                : token(key, otherwise, vocabulary);
    }

    /** Ids of tokens: one, or a list of them; empty where there is none that the vocabulary has. */
    List<Integer> tokens(String key, Integer otherwise, int vocabulary) throws FileFormatException {
        Object value = json.containsKey(key) ? json.get(key) : otherwise;
        List<Integer> ids = new ArrayList<>();
        for (Object each : value instanceof List<?> list ? list : value == null ? List.of() : List.of(value)) {
            if (!(each instanceof Integer id)) {
                throw wrong(key, value, "ids of tokens, from 0 to " + (vocabulary - 1));
            }
            if (id >= 0 && id < vocabulary) {
                ids.add(id);
            }
        }
        return ids;
    }

    /** A divisor, such as heads of the hidden size. */
    int divisor(String key, Integer otherwise, String whole, int of) throws FileFormatException {
        int value = integer(key, otherwise, 1);
        if (of % value != 0) {
            throw wrong(key, value, "a divisor of " + whole + ", " + of);
        }
        return value;
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

    /**
     * The labels by id, from id2label or num_labels. transformers writes neither for a classifier of two classes without
     * names, since two is its default.
     */
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
        int count = integer("num_labels", classifies() ? 2 : 0, 0);
        if (count > 1 << 20) {
            throw wrong("num_labels", count, "at most " + (1 << 20));
        }
        for (int id = 0; id < count; id++) {
            labels.add("LABEL_" + id);
        }
        return labels;
    }

    private boolean classifies() {
        return json.get("architectures") instanceof List<?> names
                && names.stream()
                        .map(String::valueOf)
                        .anyMatch(name ->
                                name.endsWith("ForSequenceClassification") || name.endsWith("ForTokenClassification"));
    }

    FileFormatException wrong(String key, Object value, String allowed) {
        String given = Objects.toString(value);
        String shown = given.length() <= 200 ? given : given.substring(0, 200) + "...";
        return new FileFormatException(
                file,
                value == null
                        ? "'" + within + key + "' is missing; allowed: " + allowed
                        : "'" + within + key + "' is " + shown + "; allowed: " + allowed);
    }

    private Object value(String key, Object otherwise) {
        Object value = json.get(key);
        return value == null ? otherwise : value;
    }
}
