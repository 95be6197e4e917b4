package dev.graft.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** What the build wrote into the jar. */
final class Build {
    private static final Properties PROPERTIES = new Properties();

    static {
        try (InputStream in = Build.class.getResourceAsStream("build.properties")) {
            PROPERTIES.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Build() {}

    /** A version: {@code version} is Graft's own. */
    static String get(String key) {
        return PROPERTIES.getProperty(key);
    }
}
