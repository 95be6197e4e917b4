package dev.graft.training.plan;

import dev.graft.peft.spi.SettingsException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Takes keys out of a JSON object of an experiment's file, each with its type; null counts as absent. */
public final class Keys {
    private final String where;
    private final Map<String, Object> object;

    /**
     * An object, every key of which must be known.
     *
     * @param where file and key, for messages
     */
    public Keys(String where, Map<String, Object> object, Set<String> known) {
        this.where = where;
        this.object = new LinkedHashMap<>(object);
        for (String key : object.keySet()) {
            if (!known.contains(key)) {
                throw new SettingsException(where + " has the unknown key '" + key + "'; allowed: "
                        + String.join(", ", new TreeSet<>(known)));
            }
        }
        this.object.values().removeIf(value -> value == null);
    }

    public boolean has(String key) {
        return object.containsKey(key);
    }

    /** The value as it stands, or null. */
    public Object value(String key) {
        return object.get(key);
    }

    public String text(String key, String otherwise) {
        Object value = object.get(key);
        if (value == null) {
            return otherwise;
        }
        if (value instanceof String text && !text.isBlank()) {
            return text;
        }
        throw wrong(key, "a text");
    }

    public String text(String key) {
        return require(key, text(key, null), "a text");
    }

    /** A whole number between two, which are allowed. */
    public long whole(String key, long otherwise, long least, long most) {
        Object value = object.get(key);
        if (value == null) {
            return otherwise;
        }
        if (value instanceof Integer || value instanceof Long) {
            long number = ((Number) value).longValue();
            if (number >= least && number <= most) {
                return number;
            }
        }
        throw wrong(
                key,
                most == Long.MAX_VALUE || most == Integer.MAX_VALUE
                        ? "a whole number from " + least
                        : "a whole number from " + least + " to " + most);
    }

    public int count(String key, int otherwise, int least) {
        return (int) whole(key, otherwise, least, Integer.MAX_VALUE);
    }

    /** A number above one and at most another. */
    public double number(String key, double otherwise, double above, double most) {
        Object value = object.get(key);
        if (value == null) {
            return otherwise;
        }
        if (value instanceof Number number && number.doubleValue() > above && number.doubleValue() <= most) {
            return number.doubleValue();
        }
        throw wrong(key, "a number above " + above + (most == Double.MAX_VALUE ? "" : ", at most " + most));
    }

    /** One of some words. */
    public String word(String key, String otherwise, List<String> allowed) {
        Object value = object.getOrDefault(key, otherwise);
        if (value instanceof String word && allowed.contains(word)) {
            return word;
        }
        throw wrong(key, String.join(", ", allowed));
    }

    /** An object; empty if absent. */
    public Map<String, Object> object(String key) {
        Object value = object.get(key);
        return value == null ? Map.of() : object(where(key), value);
    }

    /** A list that is not empty; null if absent. */
    public List<Object> list(String key, String of) {
        Object value = object.get(key);
        if (value == null) {
            return null;
        }
        if (value instanceof List<?> list && !list.isEmpty() && !list.contains(null)) {
            return new ArrayList<>(list);
        }
        throw wrong(key, "a list of " + of + ", at least one");
    }

    /** Different whole numbers from 1; others if absent. */
    public List<Integer> counts(String key, List<Integer> otherwise) {
        List<Object> list = list(key, "whole numbers from 1");
        if (list == null) {
            return otherwise;
        }
        List<Integer> counts = new ArrayList<>();
        for (Object one : list) {
            if (!(one instanceof Integer count) || count < 1 || counts.contains(count)) {
                throw wrong(key, "a list of different whole numbers from 1");
            }
            counts.add(count);
        }
        return counts;
    }

    /** Numbers above 0; null if absent. */
    public List<Double> rates(String key) {
        List<Object> list = list(key, "numbers above 0");
        if (list == null) {
            return null;
        }
        List<Double> rates = new ArrayList<>();
        for (Object one : list) {
            if (!(one instanceof Number number) || !(number.doubleValue() > 0)) {
                throw wrong(key, "a list of numbers above 0");
            }
            rates.add(number.doubleValue());
        }
        return rates;
    }

    public <T> T require(String key, T value, String allowed) {
        if (value == null) {
            throw new SettingsException(where(key) + " is missing; allowed: " + allowed);
        }
        return value;
    }

    /** File and key, for messages. */
    public String where(String key) {
        return where + (where.endsWith(":") ? " " : ".") + key;
    }

    public SettingsException wrong(String key, String allowed) {
        return wrong(where(key), object.get(key), allowed);
    }

    public static SettingsException wrong(String where, Object value, String allowed) {
        return new SettingsException(where + " is " + value + "; allowed: " + allowed);
    }

    @SuppressWarnings("unchecked") // keys of a JSON object are texts
    public static Map<String, Object> object(String where, Object value) {
        if (value instanceof Map<?, ?> map) {
            return (Map<String, Object>) map;
        }
        throw wrong(where, value, "an object");
    }
}
