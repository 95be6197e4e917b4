package dev.graft.runtime.vertx.message;

import java.util.regex.Pattern;

/**
 * Which adapter a request wants: the newest version of a name, or the one with a digest.
 *
 * @param name the name
 * @param digest beginning of the version's SHA-256 in hexadecimal, at least 8 digits; null for the newest
 */
public record AdapterName(String name, String digest) {
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{8,64}");

    /** Checks both. */
    public AdapterName {
        Addresses.name("adapter", name);
        if (digest != null && !DIGEST.matcher(digest).matches()) {
            throw Fields.wrong("adapter's digest", digest, "8 to 64 hexadecimal digits");
        }
    }

    /**
     * Reads {@code name} or {@code name@digest}; null is the bare base.
     *
     * @throws Failure if it is neither
     */
    public static AdapterName parse(String written) {
        if (written == null) {
            return null;
        }
        int at = written.indexOf('@');
        return at < 0
                ? new AdapterName(written, null)
                : new AdapterName(written.substring(0, at), written.substring(at + 1));
    }

    @Override
    public String toString() {
        return digest == null ? name : name + "@" + digest;
    }
}
