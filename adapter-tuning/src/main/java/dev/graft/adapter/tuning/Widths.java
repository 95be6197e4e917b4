package dev.graft.adapter.tuning;

import dev.graft.peft.spi.Settings;
import java.util.LinkedHashMap;
import java.util.Map;

/** Features of the bottleneck in each layer, from {@code reduction_factor} or {@code bottleneck_size}. */
final class Widths {
    private static final String FACTOR = "reduction_factor";
    private static final String ALLOWED =
            "a number above 0, or a map from layers (and default) to such numbers; or give bottleneck_size instead";

    private Widths() {}

    static Map<Integer, Integer> read(Settings settings, int hidden, int layers, double factor) {
        Map<Integer, Integer> widths = new LinkedHashMap<>();
        if (settings.has("bottleneck_size")) {
            int size = settings.integer("bottleneck_size", 1, 1, Integer.MAX_VALUE);
            for (int layer = 0; layer < layers; layer++) {
                widths.put(layer, size);
            }
            return widths;
        }
        settings.known("bottleneck_size");
        Object given = settings.any(FACTOR, factor);
        if (given instanceof Map<?, ?> map) {
            map.keySet().forEach(key -> checkLayer(settings, given, key.toString(), layers));
        }
        for (int layer = 0; layer < layers; layer++) {
            Object one = given;
            if (given instanceof Map<?, ?> map) {
                Object own = map.get(Integer.toString(layer));
                one = own == null ? map.get("default") : own;
            }
            if (!(one instanceof Number number)
                    || !(number.doubleValue() > 0)
                    || Double.isInfinite(number.doubleValue())) {
                throw settings.wrong(FACTOR, given, ALLOWED);
            }
            widths.put(layer, Math.max(1, (int) Math.floor(hidden / number.doubleValue())));
        }
        return widths;
    }

    private static void checkLayer(Settings settings, Object given, String key, int layers) {
        boolean known = key.equals("default") || key.matches("\\d{1,6}") && Integer.parseInt(key) < layers;
        if (!known) {
            throw settings.wrong(FACTOR, given, ALLOWED + "; layers are 0 to " + (layers - 1));
        }
    }
}
