package dev.graft.peft.spi;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A method on top of an adapter that stays as it is: both as parts of one method, written {@code below+above}.
 *
 * @param id of both
 * @param settings of both; every part of the lower one has {@code trained=false}
 * @param prefix in front of the names of the lower one's tensors
 */
public record Stacked(String id, Map<String, Object> settings, String prefix) {
    /**
     * Stacks.
     *
     * @param below id of the lower adapter's method
     * @param stored its settings
     * @param above id of the new method
     * @param given its settings, as if it were alone
     */
    static Stacked of(PeftMethods methods, String below, Map<String, ?> stored, String above, Map<String, ?> given) {
        List<String> lower = names(methods, below);
        List<String> upper = names(methods, above);
        String id = below + "+" + above;
        List<String> all = names(methods, id);
        Map<String, Object> settings = new LinkedHashMap<>();
        boolean one = lower.size() == 1;
        stored.forEach((key, value) -> settings.put(one ? lower.get(0) + "." + key : key, value));
        lower.forEach(name -> settings.put(name + ".trained", false));
        given.forEach((key, value) -> settings.put(placed(key, upper, all.subList(lower.size(), all.size())), value));
        return new Stacked(id, settings, one ? lower.get(0) + "." : "");
    }

    /** A key of the new method as one of its parts among all: the second pfeiffer is pfeiffer2. */
    private static String placed(String key, List<String> alone, List<String> among) {
        if (alone.size() == 1) {
            return among.get(0) + "." + key;
        }
        for (int i = 0; i < alone.size(); i++) {
            if (key.startsWith(alone.get(i) + ".")) {
                return among.get(i) + key.substring(alone.get(i).length());
            }
        }
        throw new SettingsException("setting '" + key + "' is of no part; allowed: keys that begin with "
                + alone.stream().map(name -> name + ".").collect(Collectors.joining(", ")));
    }

    private static List<String> names(PeftMethods methods, String id) {
        PeftMethod method = methods.get(id);
        return method instanceof Composition parts ? parts.names() : List.of(Composition.name(method));
    }
}
