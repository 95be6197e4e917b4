package dev.graft.training.experiment;

import dev.graft.peft.spi.SettingsException;
import dev.graft.training.plan.Keys;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads the methods of an experiment's file, and makes a variant of every point of their grids. */
final class Entries {
    private static final Set<String> KEYS = Set.of("method", "name", "set", "grid", "learning_rates");
    private static final String GRID =
            "an object with a list of values for each key, or a list of objects with the same keys";

    private Entries() {}

    /** The variants, in the order of the file. */
    static List<Variant> read(String where, List<Object> entries, Tuning tuning) {
        List<Variant> variants = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < entries.size(); i++) {
            for (Variant variant : entry(where + "[" + i + "]", entries.get(i), i, tuning)) {
                if (!names.add(variant.name())) {
                    throw new SettingsException(where + "[" + i + "] makes a second '" + variant.name()
                            + "'; allowed: names that differ; give one of them a \"name\"");
                }
                variants.add(variant);
            }
        }
        return variants;
    }

    private static List<Variant> entry(String where, Object entry, int number, Tuning tuning) {
        Map<String, Object> object =
                entry instanceof String method ? Map.of("method", method) : Keys.object(where, entry);
        Keys keys = new Keys(where, object, KEYS);
        String method = keys.text("method");
        String name = keys.text("name", method);
        Map<String, Object> fixed = keys.object("set");
        List<Double> rates = keys.rates("learning_rates");
        tuning.check(keys.where("learning_rates"), rates);
        List<Variant> variants = new ArrayList<>();
        for (Map<String, Object> point : points(keys)) {
            Map<String, Object> settings = new LinkedHashMap<>(fixed);
            Map<String, String> axes = new LinkedHashMap<>();
            point.forEach((key, value) -> {
                if (fixed.containsKey(key)) {
                    throw new SettingsException(keys.where("grid") + " and " + keys.where("set") + " both have '" + key
                            + "'; allowed: one of them");
                }
                settings.put(key, value);
                axes.put(key, shown(value));
            });
            String own = axes.entrySet().stream()
                    .map(axis -> " " + axis.getKey() + "=" + axis.getValue())
                    .collect(Collectors.joining());
            variants.add(new Variant(name + own, method, number, settings, axes, rates));
        }
        return variants;
    }

    /** The points of a grid; without one, a point with no settings. */
    private static List<Map<String, Object>> points(Keys keys) {
        Object grid = keys.value("grid");
        if (grid == null) {
            return List.of(Map.of());
        }
        if (grid instanceof List<?> list && !list.isEmpty()) {
            return listed(keys, list);
        }
        if (!(grid instanceof Map<?, ?> map) || map.isEmpty()) {
            throw keys.wrong("grid", GRID);
        }
        List<Map<String, Object>> points = List.of(Map.of());
        for (Map.Entry<String, Object> axis : keys.object("grid").entrySet()) {
            if (!(axis.getValue() instanceof List<?> values) || values.isEmpty()) {
                throw Keys.wrong(keys.where("grid") + "." + axis.getKey(), axis.getValue(), "a list of values");
            }
            points = crossed(points, axis.getKey(), values);
        }
        return points;
    }

    private static List<Map<String, Object>> crossed(List<Map<String, Object>> points, String key, List<?> values) {
        List<Map<String, Object>> more = new ArrayList<>();
        for (Map<String, Object> point : points) {
            for (Object value : values) {
                Map<String, Object> longer = new LinkedHashMap<>(point);
                longer.put(key, value);
                more.add(longer);
            }
        }
        return more;
    }

    private static List<Map<String, Object>> listed(Keys keys, List<?> list) {
        List<Map<String, Object>> points = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            Map<String, Object> point = Keys.object(keys.where("grid") + "[" + i + "]", list.get(i));
            if (!points.isEmpty() && !points.get(0).keySet().equals(point.keySet())) {
                throw keys.wrong("grid", GRID);
            }
            points.add(point);
        }
        return points;
    }

    /** A value in a name: lists with commas. */
    private static String shown(Object value) {
        return value instanceof List<?> list
                ? list.stream().map(String::valueOf).collect(Collectors.joining(","))
                : String.valueOf(value);
    }
}
