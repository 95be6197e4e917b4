package dev.graft.training.compare;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Puts values into a template so that no value can be taken for markup. */
final class Page {
    private static final Pattern PLACE = Pattern.compile("\\{\\{([a-z_]+)}}");

    private Page() {}

    /** Replaces every {{name}} in one pass: what looks like a place inside a value stays as it is. */
    static String fill(String template, Map<String, String> values) {
        return PLACE.matcher(template).replaceAll(place -> {
            String value = values.get(place.group(1));
            if (value == null) {
                throw new IllegalStateException("the template has an unknown place {{" + place.group(1) + "}}");
            }
            return Matcher.quoteReplacement(value);
        });
    }

    /** JSON inside a script element: characters that could end it occur only in texts, where JSON can escape them. */
    static String json(String json) {
        return json.replace("&", "\\u0026")
                .replace("<", "\\u003c")
                .replace(">", "\\u003e")
                .replace("\u2028", "\\u2028")
                .replace("\u2029", "\\u2029");
    }

    /** A program inside a script element: nothing in it may end the element or open a comment, or ask for a file. */
    static String script(String program) {
        return program.replaceAll("(?i)</(script)", "<\\\\/$1")
                .replace("<!--", "<\\!--")
                .replaceAll("(?m)^//# sourceMappingURL=.*$", "");
    }
}
