package dev.graft.peft.spi.file;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * The order of rank_pattern and alpha_pattern, where the first key that matches a module wins. PEFT sorts the keys when
 * it saves; that is done here too, but only where no module gets another winner.
 */
final class PatternOrder {
    private static final String PREFIX = "base_model.model.";

    private PatternOrder() {}

    /** The patterns, sorted if that is harmless for the modules that these tensors belong to. */
    static Map<String, Object> sorted(Map<?, ?> patterns, Collection<String> tensors) {
        Map<String, Object> given = new LinkedHashMap<>();
        patterns.forEach((key, value) -> given.put(key.toString(), value));
        Map<String, Object> sorted = new TreeMap<>(given);
        try {
            List<Pattern> before = compile(given.keySet());
            List<Pattern> after = compile(sorted.keySet());
            for (String path : paths(tensors)) {
                if (!winner(before, path).equals(winner(after, path))) {
                    return given;
                }
            }
        } catch (PatternSyntaxException e) {
            return given; // Python's expressions are not quite Java's
        }
        return new LinkedHashMap<>(sorted);
    }

    private static List<Pattern> compile(Collection<String> keys) {
        return keys.stream()
                .map(key -> Pattern.compile("(.*\\.)?(" + key + ")"))
                .toList();
    }

    private static String winner(List<Pattern> patterns, String path) {
        return patterns.stream()
                .filter(pattern -> pattern.matcher(path).matches())
                .map(Pattern::pattern)
                .findFirst()
                .orElse("");
    }

    /** Every path that may be a module's: a tensor's name, cut off at each dot. */
    private static Set<String> paths(Collection<String> tensors) {
        Set<String> paths = new HashSet<>();
        for (String tensor : tensors) {
            String name = tensor.startsWith(PREFIX) ? tensor.substring(PREFIX.length()) : tensor;
            for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
                paths.add(name.substring(0, dot));
            }
        }
        return paths;
    }
}
