package dev.graft.peft.spi;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A setting with exceptions by module, as PEFT's {@code rank_pattern}: the first key that matches
 * {@code (.*\.)?(key)$} on a site's path gives its value. Immutable: it may be kept and used by any thread.
 */
public final class Patterns {
    private final Map<Pattern, Double> values;

    private Patterns(Map<Pattern, Double> values) {
        this.values = values;
    }

    /**
     * Reads a map from patterns to positive numbers; called in {@link PeftMethod#configure}.
     *
     * @param settings that may have the key
     * @param key such as {@code rank_pattern}; without it there are no exceptions
     * @param sites the method's targets
     * @throws SettingsException if a pattern is no regular expression or matches none of the sites
     */
    public static Patterns read(Settings settings, String key, List<Site> sites) {
        Map<Pattern, Double> values = new LinkedHashMap<>();
        settings.numbers(key).forEach((text, value) -> {
            Pattern pattern = compile(settings, key, text);
            if (sites.stream().noneMatch(site -> pattern.matcher(site.path()).matches())) {
                throw new SettingsException("setting '" + key + "': '" + text + "' matches none of the targets: "
                        + String.join(", ", sites.stream().map(Site::path).toList()));
            }
            values.put(pattern, value);
        });
        return new Patterns(values);
    }

    private static Pattern compile(Settings settings, String key, String text) {
        try {
            return Pattern.compile("(.*\\.)?(" + text + ")");
        } catch (PatternSyntaxException e) {
            throw settings.wrong(key, text, "a module's name or a regular expression (" + e.getDescription() + ")");
        }
    }

    /**
     * The value for a site.
     *
     * @param otherwise the value where no pattern matches
     */
    public double number(Site site, double otherwise) {
        for (Map.Entry<Pattern, Double> entry : values.entrySet()) {
            if (entry.getKey().matcher(site.path()).matches()) {
                return entry.getValue();
            }
        }
        return otherwise;
    }

    /**
     * The value for a site, which must be whole.
     *
     * @param otherwise the value where no pattern matches
     * @throws SettingsException if it is not
     */
    public int whole(Site site, int otherwise) {
        double value = number(site, otherwise);
        if (value != Math.rint(value) || value > Integer.MAX_VALUE) {
            throw new SettingsException("a rank is a whole number, not " + value + " (at " + site.path() + ")");
        }
        return (int) value;
    }
}
