package dev.graft.training.data;

import java.io.IOException;
import java.nio.file.FileSystemException;

/** Values in messages: long ones are cut, control characters are made visible. */
final class Shown {
    private static final int MOST = 60;

    private Shown() {}

    /** Why the system refused: some of its exceptions say no more than the file's name, their own name says why. */
    static String reason(IOException e) {
        if (e instanceof FileSystemException refused && refused.getReason() == null) {
            return e.getClass().getSimpleName();
        }
        return e.getMessage();
    }

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
