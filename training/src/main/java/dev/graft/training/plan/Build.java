package dev.graft.training.plan;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;

/** What the build wrote into the jar. */
public final class Build {
    private static final Map<String, String> PROPERTIES = read();

    private Build() {}

    private static Map<String, String> read() {
        Properties properties = new Properties();
        try (InputStream in = Build.class.getResourceAsStream("build.properties")) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.stringPropertyNames().stream()
                .collect(Collectors.toUnmodifiableMap(key -> key, properties::getProperty));
    }

    /** A version: {@code version} is Graft's own. */
    public static String get(String key) {
        return PROPERTIES.get(key);
    }
}
