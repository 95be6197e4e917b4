package dev.graft.training.compare;

import dev.graft.training.report.Numbers;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Names for the variants of a method. */
final class Names {
    private Names() {}

    /** The method's id and, where there are other variants, the settings that they do not share. */
    static String of(MethodResult one, List<MethodResult> variants) {
        TreeSet<String> keys = new TreeSet<>();
        variants.forEach(variant -> keys.addAll(facts(variant).keySet()));
        keys.removeIf(
                key -> variants.stream().map(v -> facts(v).get(key)).distinct().count() == 1);
        if (keys.isEmpty()) {
            return one.method();
        }
        Map<String, String> own = facts(one);
        List<String> parts = keys.stream()
                .map(key -> key + "=" + own.getOrDefault(key, "none"))
                .toList();
        return one.method() + " (" + String.join(", ", parts) + ")";
    }

    private static Map<String, String> facts(MethodResult one) {
        Map<String, String> facts = new TreeMap<>();
        one.settings().forEach((key, value) -> facts.put(key, String.valueOf(value)));
        facts.put("learning_rate", Numbers.rate(one.learningRate()));
        return facts;
    }
}
