package dev.graft.peft.spi.file;

import java.util.Collection;
import java.util.stream.Collectors;

/** Lists of names in messages. */
final class Names {
    private static final int SHOWN = 12;

    private Names() {}

    /** The first names, and how many there are. */
    static String some(Collection<String> names) {
        if (names.isEmpty()) {
            return "none";
        }
        String first = names.stream().sorted().limit(SHOWN).collect(Collectors.joining(", "));
        return names.size() <= SHOWN ? first : first + ", ... (" + names.size() + " in all)";
    }

    /** A value as a message shows it: cut off where it is long. */
    static String brief(Object value) {
        String text = String.valueOf(value);
        return text.length() <= 200 ? text : text.substring(0, 200) + "...";
    }
}
