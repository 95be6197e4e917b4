package dev.graft.peft.spi;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A method's settings, read strictly: a wrong type or an unknown key is an error that says what is allowed.
 *
 * <p>Reading a key declares it. After {@link PeftMethod#configure} the framework calls {@link #finish()}, which refuses
 * the keys that nobody read. Values are what JSON has: text, numbers, booleans, lists, maps and null; null counts as
 * not given.
 *
 * <p>It belongs to one {@link PeftMethod#configure} and its thread, and is not to be kept. Every reading method returns
 * the default where the key was not given, and throws a {@link SettingsException} that names key, value and what is
 * allowed where it was given wrongly. Reading a key twice is no error; the last default is the one that is recorded.
 */
public final class Settings {
    private final String method;
    private final String prefix;
    private final Map<String, Object> given;
    private final Map<String, Object> effective = new LinkedHashMap<>();
    private final Set<String> inert = new HashSet<>();
    private final Set<String> known = new LinkedHashSet<>();
    private final Set<String> beyondPeft = new LinkedHashSet<>();
    private final boolean madeByPeft;

    /**
     * Settings for a method.
     *
     * @param method id, for messages
     * @param given keys and values; copied
     */
    public Settings(String method, Map<String, ?> given) {
        this(method, given, false);
    }

    /**
     * Settings for a method.
     *
     * @param method id, for messages
     * @param given keys and values; copied
     * @param madeByPeft true for those of an adapter that Hugging Face PEFT made
     */
    public Settings(String method, Map<String, ?> given, boolean madeByPeft) {
        this(method, "", given, madeByPeft);
    }

    /** The settings of a part have a prefix in messages. */
    private Settings(String method, String prefix, Map<String, ?> given, boolean madeByPeft) {
        this.method = method;
        this.prefix = prefix;
        this.madeByPeft = madeByPeft;
        this.given = new TreeMap<>();
        given.forEach((key, value) -> {
            if (value != null) {
                this.given.put(key, value);
            }
        });
    }

    /**
     * Settings as an adapter's file has them. Of a key that the method does not know, false, [] and {} say that
     * something is not used, as PEFT writes all keys that it knows; any other value is refused all the same.
     *
     * @param method id, for messages
     * @param given keys and values; copied
     * @param madeByPeft true for an adapter that Hugging Face PEFT made
     */
    public static Settings stored(String method, Map<String, ?> given, boolean madeByPeft) {
        Settings settings = new Settings(method, given, madeByPeft);
        settings.given.forEach((key, value) -> {
            if (Boolean.FALSE.equals(value)
                    || value instanceof List<?> list && list.isEmpty()
                    || value instanceof Map<?, ?> map && map.isEmpty()) {
                settings.inert(key);
            }
        });
        return settings;
    }

    /**
     * A whole number from {@code least} to {@code most}; one such as 8.0 is whole.
     *
     * @param otherwise the default, which has to be allowed too
     * @throws SettingsException if it is no such number
     */
    public int integer(String key, int otherwise, int least, int most) {
        Object value = read(key, otherwise);
        if (value instanceof Number number && number.doubleValue() == Math.rint(number.doubleValue())) {
            double whole = number.doubleValue();
            if (whole >= least && whole <= most) {
                return number.intValue();
            }
        }
        String range = most == Integer.MAX_VALUE ? "of at least " + least : "from " + least + " to " + most;
        throw wrong(key, value, least == most ? String.valueOf(least) : "a whole number " + range);
    }

    /**
     * A number from {@code least} to {@code most}, both included; NaN never is.
     *
     * @param otherwise the default, which has to be allowed too
     * @throws SettingsException if it is no such number
     */
    public double number(String key, double otherwise, double least, double most) {
        Object value = read(key, otherwise);
        if (value instanceof Number number && number.doubleValue() >= least && number.doubleValue() <= most) {
            return number.doubleValue();
        }
        throw wrong(key, value, least == most ? String.valueOf(least) : "a number from " + least + " to " + most);
    }

    /**
     * True or false.
     *
     * @param otherwise the default
     * @throws SettingsException if it is neither
     */
    public boolean flag(String key, boolean otherwise) {
        Object value = read(key, otherwise);
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw wrong(key, value, "true or false");
    }

    /**
     * One of some words; a boolean is read as its text, as PEFT mixes both in one key.
     *
     * @param otherwise the default, one of the words
     * @param allowed the words
     * @throws SettingsException if it is none of them
     */
    public String choice(String key, String otherwise, String... allowed) {
        Object value = read(key, otherwise);
        String word = value instanceof Boolean ? value.toString() : value instanceof String text ? text : null;
        if (word != null && List.of(allowed).contains(word)) {
            if (word.equals("true") || word.equals("false")) {
                effective.put(key, Boolean.valueOf(word));
            }
            return word;
        }
        throw wrong(key, value, "one of " + String.join(", ", allowed));
    }

    /**
     * A text.
     *
     * @param otherwise the default
     * @throws SettingsException if it is something else
     */
    public String text(String key, String otherwise) {
        Object value = read(key, otherwise);
        if (value instanceof String text) {
            return text;
        }
        throw wrong(key, value, "a text");
    }

    /**
     * A list of texts; one text is a list of one, and one with commas a list of its parts.
     *
     * @param otherwise the default
     * @return cannot be changed
     * @throws SettingsException if it is something else
     */
    public List<String> texts(String key, List<String> otherwise) {
        Object value = read(key, otherwise);
        if (value instanceof String text) {
            return List.of(text.split("\\s*,\\s*"));
        }
        if (value instanceof List<?> list && list.stream().allMatch(String.class::isInstance)) {
            return list.stream().map(String.class::cast).toList();
        }
        throw wrong(key, value, "a list of texts");
    }

    /**
     * A list of whole numbers that are not negative; one number is a list of one.
     *
     * @param otherwise the default
     * @return cannot be changed
     * @throws SettingsException if it is something else
     */
    public List<Integer> integers(String key, List<Integer> otherwise) {
        Object value = read(key, otherwise);
        List<?> list = value instanceof List<?> many ? many : List.of(value);
        List<Integer> numbers = new ArrayList<>();
        for (Object element : list) {
            if (!(element instanceof Number number)
                    || number.intValue() != number.doubleValue()
                    || number.intValue() < 0) {
                throw wrong(key, value, "a list of whole numbers from 0");
            }
            numbers.add(number.intValue());
        }
        return List.copyOf(numbers);
    }

    /**
     * A map from a pattern to a positive number, in the order given; empty by default.
     *
     * @throws SettingsException if it is something else
     */
    public Map<String, Double> numbers(String key) {
        Object value = read(key, Map.of());
        Map<String, Double> numbers = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((pattern, element) -> {
                if (!(element instanceof Number number) || !(number.doubleValue() > 0)) {
                    throw wrong(key, value, "a map from a module's name to a number above 0");
                }
                numbers.put(pattern.toString(), number.doubleValue());
            });
            return numbers;
        }
        throw wrong(key, value, "a map from a module's name to a number above 0");
    }

    /**
     * The value as it was given, for keys that may be of several types: the method checks it, with {@link #wrong}.
     *
     * @param otherwise the default
     */
    public Object any(String key, Object otherwise) {
        return read(key, otherwise);
    }

    /** True if the user gave this key, and not null; this does not declare it. */
    public boolean has(String key) {
        return given.containsKey(key);
    }

    /**
     * Accepts a key that has no effect without another one, which is refused as unknown if it is given. It is not
     * recorded.
     */
    public void inert(String key) {
        inert.add(key);
    }

    /**
     * True if these are the settings of an adapter that Hugging Face PEFT made: then keys that both have mean what PEFT
     * means by them, and PEFT's defaults count.
     */
    public boolean madeByPeft() {
        return madeByPeft;
    }

    /**
     * Declares keys that Hugging Face PEFT does not know: the adapter's folder keeps them in graft.json, not in its
     * file.
     */
    public void beyondPeft(String... keys) {
        beyondPeft.addAll(List.of(keys));
    }

    /** Keys that were read and that Hugging Face PEFT does not know; the framework asks after configuring. A copy. */
    public Set<String> keysBeyondPeft() {
        Set<String> keys = new LinkedHashSet<>(beyondPeft);
        keys.retainAll(effective.keySet());
        return keys;
    }

    /** Names a key that is read only if it is given, so that messages list it. */
    public void known(String key) {
        known.add(key);
    }

    /**
     * Gives a key its only value.
     *
     * @throws SettingsException if the user gave another
     */
    void fix(String key, Object value) {
        Object user = given.putIfAbsent(key, value);
        if (user != null && !user.equals(value)) {
            throw wrong(key, user, value + ", which " + method + " stands for");
        }
    }

    /** The settings of a part: those whose keys begin with its name and a dot, without these. */
    Settings part(String name) {
        Map<String, Object> own = new TreeMap<>();
        given.forEach((key, value) -> {
            if (key.startsWith(name + ".")) {
                own.put(key.substring(name.length() + 1), value);
                inert.add(key);
            }
        });
        return new Settings(method, prefix + name + ".", own, madeByPeft);
    }

    /** Takes over what a part has read, after refusing its unknown keys. */
    void take(String name, Settings part) {
        part.finish();
        part.effective().forEach((key, value) -> effective.put(name + "." + key, value));
        part.known.forEach(key -> known.add(name + "." + key));
    }

    /**
     * Sets what the adapter's file records for a key, where readers of the file know fewer words than the user. Called
     * after the key was read.
     *
     * @param value what JSON has
     */
    public void record(String key, Object value) {
        effective.put(key, value);
    }

    /**
     * An error about a key, in the words that all settings use; the caller throws it.
     *
     * @param value that was given
     * @param allowed in words, such as {@code a whole number from 1}
     */
    public SettingsException wrong(String key, Object value, String allowed) {
        return new SettingsException(method + ": setting '" + prefix + key + "' is " + value + "; allowed: " + allowed);
    }

    /**
     * Refuses keys that were given but never read; the framework calls it after configuring.
     *
     * @throws SettingsException that lists the known keys
     */
    public void finish() {
        Set<String> listed = new LinkedHashSet<>(effective.keySet());
        listed.addAll(known);
        for (String key : given.keySet()) {
            if (!effective.containsKey(key) && !inert.contains(key)) {
                throw new SettingsException(method + ": setting '" + prefix + key + "' (value " + given.get(key)
                        + ") is unknown; known settings: " + String.join(", ", listed));
            }
        }
    }

    /**
     * Every key that was read, with its value or default, in the order of reading: what the adapter's file records, and
     * what makes the same adapter again. A copy.
     */
    public Map<String, Object> effective() {
        return new LinkedHashMap<>(effective);
    }

    private Object read(String key, Object otherwise) {
        Object value = given.getOrDefault(key, otherwise);
        effective.put(key, value);
        return value;
    }
}
