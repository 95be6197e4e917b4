package dev.graft.transformer.model.mutation;

import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.peft.spi.file.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Changes what a JSON file says and leaves it JSON, so that what reads it comes further; the same seed changes the same. */
final class JsonMutator {
    private static final List<Object> ODD = Collections.unmodifiableList(new ArrayList<>(java.util.Arrays.asList(
            null,
            true,
            false,
            0,
            1,
            -1,
            2,
            7,
            Integer.MAX_VALUE,
            Integer.MIN_VALUE,
            4294967295L,
            Long.MAX_VALUE,
            1.5,
            -1e300,
            1e-300,
            "",
            "a",
            "\u0000",
            "\ud83d\ude00",
            "x".repeat(5000),
            "(a|aa)+$",
            "[",
            List.of(),
            List.of(0),
            List.of("a", "a"),
            List.of(List.of(List.of())),
            Map.of(),
            Map.of("type", "Sequence"))));

    private final Random random;

    JsonMutator(long seed) {
        random = new Random(seed);
    }

    /** Where a value stands: a map and a key, or a list and a place. */
    private record Spot(Object parent, Object key) {
        @SuppressWarnings("unchecked")
        void set(Object value) {
            if (parent instanceof Map<?, ?>) {
                ((Map<String, Object>) parent).put((String) key, value);
            } else {
                ((List<Object>) parent).set((Integer) key, value);
            }
        }

        Object get() {
            return parent instanceof Map<?, ?> map ? map.get(key) : ((List<?>) parent).get((Integer) key);
        }

        void remove() {
            if (parent instanceof Map<?, ?> map) {
                map.remove(key);
            } else {
                ((List<?>) parent).remove(((Integer) key).intValue());
            }
        }
    }

    /** A copy with one to three changes; the bytes themselves if they are no JSON object. */
    byte[] damage(byte[] good) {
        Map<String, Object> json;
        try {
            json = Json.parse(Path.of("fuzz.json"), new String(good, StandardCharsets.UTF_8));
        } catch (FileFormatException e) {
            return good;
        }
        for (int times = 1 + random.nextInt(3); times > 0; times--) {
            List<Spot> spots = new ArrayList<>();
            collect(json, spots, 0);
            if (!spots.isEmpty()) {
                once(spots);
            }
        }
        return Json.pretty(json).getBytes(StandardCharsets.UTF_8);
    }

    /** Long lists and maps, such as vocabularies, count by a few of their values only: what is around them says more. */
    private void collect(Object value, List<Spot> spots, int depth) {
        List<Object> keys = new ArrayList<>();
        if (value instanceof Map<?, ?> map) {
            keys.addAll(map.keySet());
        } else if (value instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                keys.add(i);
            }
        }
        int step = 1 + keys.size() / 24;
        for (int i = keys.isEmpty() ? 0 : random.nextInt(step); i < keys.size() && depth < 40; i += step) {
            Spot spot = new Spot(value, keys.get(i));
            spots.add(spot);
            collect(spot.get(), spots, depth + 1);
        }
    }

    private void once(List<Spot> spots) {
        Spot spot = spots.get(random.nextInt(spots.size()));
        Object value = spot.get();
        switch (random.nextInt(6)) {
            case 0 -> spot.remove();
            case 1 -> spot.set(copy(spots.get(random.nextInt(spots.size())).get(), 0));
            case 2 -> spot.set(near(value));
            case 3 -> spot.set(twice(value));
            default -> spot.set(copy(ODD.get(random.nextInt(ODD.size())), 0));
        }
    }

    private Object near(Object value) {
        if (value instanceof Number number) {
            return List.of(
                            number.longValue() + 1,
                            number.longValue() - 1,
                            number.doubleValue() * 1000,
                            -number.longValue())
                    .get(random.nextInt(4));
        }
        if (value instanceof String text && !text.isEmpty()) {
            int at = random.nextInt(text.length());
            return random.nextBoolean() ? text.substring(0, at) : text + text.charAt(at);
        }
        return value instanceof Boolean flag ? (Object) !flag : value;
    }

    private Object twice(Object value) {
        if (value instanceof List<?> list && list.size() < 2000) {
            List<Object> both = new ArrayList<>(list);
            list.forEach(each -> both.add(copy(each, 0)));
            return both;
        }
        return new ArrayList<>(java.util.Arrays.asList(value, copy(value, 0)));
    }

    private static Object copy(Object value, int depth) {
        if (value instanceof Map<?, ?> map && depth < 40) {
            Map<String, Object> copy = new java.util.LinkedHashMap<>();
            map.forEach((key, each) -> copy.put((String) key, copy(each, depth + 1)));
            return copy;
        }
        if (value instanceof List<?> list && depth < 40) {
            List<Object> copy = new ArrayList<>();
            list.forEach(each -> copy.add(copy(each, depth + 1)));
            return copy;
        }
        return value;
    }
}
