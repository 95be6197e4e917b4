package dev.graft.training.data;

/** Values in messages: long ones are cut, control characters are made visible. */
final class Shown {
    private static final int MOST = 60;

    private Shown() {}

    static String of(String value) {
        StringBuilder shown = new StringBuilder();
        value.codePoints().limit(MOST).forEach(c -> {
            if (Character.isISOControl(c)) {
                shown.append(String.format("\\u%04x", c));
            } else {
                shown.appendCodePoint(c);
            }
        });
        return value.codePointCount(0, value.length()) > MOST ? shown + "..." : shown.toString();
    }
}
