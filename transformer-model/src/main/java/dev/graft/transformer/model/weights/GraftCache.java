package dev.graft.transformer.model.weights;

import java.nio.file.Path;

/** The folder for what can be made again: the embedded model, fingerprints. */
public final class GraftCache {
    private GraftCache() {}

    /**
     * The folder; it may not exist yet. The first of: the property {@code graft.cache}, the variables
     * {@code GRAFT_CACHE} and {@code XDG_CACHE_HOME} (with {@code graft} below it), {@code ~/.cache/graft}.
     */
    public static Path folder() {
        return folder(
                System.getProperty("graft.cache"),
                System.getenv("GRAFT_CACHE"),
                System.getenv("XDG_CACHE_HOME"),
                System.getProperty("user.home"));
    }

    static Path folder(String property, String variable, String shared, String home) {
        if (isGiven(property)) {
            return Path.of(property).toAbsolutePath();
        }
        if (isGiven(variable)) {
            return Path.of(variable).toAbsolutePath();
        }
        // The XDG specification has relative paths ignored.
        if (isGiven(shared) && Path.of(shared).isAbsolute()) {
            return Path.of(shared, "graft");
        }
        return Path.of(home, ".cache", "graft").toAbsolutePath();
    }

    private static boolean isGiven(String value) {
        return value != null && !value.isBlank();
    }
}
