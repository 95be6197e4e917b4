package dev.graft.transformer.model.hub;

import dev.graft.peft.spi.SettingsException;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which hub, and where its files are kept.
 *
 * @param endpoint the hub's address, without a slash at its end
 * @param cache folder of all models, which Python's huggingface_hub shares
 * @param token sent to the endpoint and to nobody else, or null
 * @param offline true if nothing may be asked of the hub
 * @param patience longest silence of a server
 * @param firstWait before the first repetition; each further one waits twice as long
 */
public record HubSettings(
        URI endpoint, Path cache, String token, boolean offline, Duration patience, Duration firstWait) {
    private static final Set<String> TRUE = Set.of("1", "ON", "YES", "TRUE");
    private static final Pattern VARIABLE = Pattern.compile("\\$(?:\\{([A-Za-z0-9_]+)}|([A-Za-z0-9_]+))");

    /**
     * What the environment says, in the variables that Python's huggingface_hub reads: HF_ENDPOINT, HF_HUB_CACHE,
     * HF_HOME, HF_TOKEN, HF_TOKEN_PATH, HF_HUB_OFFLINE, HF_HUB_DISABLE_IMPLICIT_TOKEN and HF_HUB_DOWNLOAD_TIMEOUT, with
     * the older names of some.
     *
     * @throws SettingsException if one of them has a value that cannot be
     */
    public static HubSettings of(Map<String, String> environment) throws IOException {
        return of(environment, System.getProperty("user.home"));
    }

    static HubSettings of(Map<String, String> environment, String user) throws IOException {
        Paths paths = new Paths(environment, user);
        Path home = paths.first(Path.of(paths.cache(), "huggingface"), "HF_HOME");
        Path cache = paths.first(home.resolve("hub"), "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE");
        boolean silent = isTrue(environment.get("HF_HUB_DISABLE_IMPLICIT_TOKEN"));
        Path file = paths.first(home.resolve("token"), "HF_TOKEN_PATH");
        String offline = given(environment, "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE");
        return new HubSettings(
                endpoint(environment.get("HF_ENDPOINT")),
                cache,
                silent ? null : token(given(environment, "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"), file),
                isTrue(offline),
                seconds("HF_HUB_DOWNLOAD_TIMEOUT", environment.get("HF_HUB_DOWNLOAD_TIMEOUT")),
                Duration.ofSeconds(1));
    }

    private static URI endpoint(String given) {
        String text = given == null || given.isBlank() ? "https://huggingface.co" : given.strip();
        try {
            URI uri = new URI(text.replaceAll("/+$", ""));
            boolean web = "https".equalsIgnoreCase(uri.getScheme()) || "http".equalsIgnoreCase(uri.getScheme());
            if (web && uri.getHost() != null && uri.getRawUserInfo() == null && uri.getRawQuery() == null) {
                return uri;
            }
        } catch (URISyntaxException e) {
            throw wrongEndpoint(text, e);
        }
        throw wrongEndpoint(text, null);
    }

    private static SettingsException wrongEndpoint(String text, Exception cause) {
        SettingsException wrong = new SettingsException(
                "HF_ENDPOINT is " + text + "; allowed: an address such as https://huggingface.co");
        if (cause != null) {
            wrong.initCause(cause);
        }
        return wrong;
    }

    private static Duration seconds(String name, String given) {
        if (given == null || given.isBlank()) {
            return Duration.ofSeconds(10);
        }
        try {
            int seconds = Integer.parseInt(given.strip());
            if (seconds > 0) {
                return Duration.ofSeconds(seconds);
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new SettingsException(name + " is " + given + "; allowed: whole seconds from 1");
    }

    private static String token(String variable, Path file) throws IOException {
        String token = variable;
        if (token == null && Files.isRegularFile(file)) {
            token = Files.readString(file);
        }
        String clean = token == null ? "" : token.strip();
        if (!clean.chars().allMatch(c -> c > ' ' && c < 127)) {
            throw new SettingsException("the token of HF_TOKEN or " + file
                    + " holds blanks or other signs that a token never has; give the token alone");
        }
        return clean.isEmpty() ? null : clean;
    }

    private static String given(Map<String, String> environment, String... names) {
        for (String name : names) {
            String value = environment.get(name);
            if (value != null && !value.isEmpty()) {
                return value;
            }
        }
        return null;
    }

    private static boolean isTrue(String value) {
        return value != null && TRUE.contains(value.toUpperCase(Locale.ROOT));
    }

    @Override
    public String toString() {
        return "HubSettings[" + endpoint + ", " + cache + (token == null ? "" : ", with a token") + "]";
    }

    /** Paths in variables: {@code ~} and {@code $NAME} are replaced, as Python does. */
    private record Paths(Map<String, String> environment, String user) {
        String cache() {
            String shared = environment.get("XDG_CACHE_HOME");
            return shared == null ? user + "/.cache" : shared;
        }

        Path first(Path otherwise, String... names) {
            String found = given(environment, names);
            return (found == null ? otherwise : Path.of(expand(found))).toAbsolutePath();
        }

        private String expand(String text) {
            String home = text.equals("~") || text.startsWith("~/") ? user + text.substring(1) : text;
            return VARIABLE.matcher(home)
                    .replaceAll(match -> Matcher.quoteReplacement(environment.getOrDefault(
                            match.group(1) == null ? match.group(2) : match.group(1), match.group())));
        }
    }
}
