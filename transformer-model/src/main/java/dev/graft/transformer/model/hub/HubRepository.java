package dev.graft.transformer.model.hub;

import dev.graft.peft.spi.SettingsException;
import java.util.regex.Pattern;

/**
 * A model on a hub.
 *
 * @param name {@code ORG/NAME}, or {@code NAME} alone for the few that have no organisation
 * @param revision a branch, a tag or a commit
 */
public record HubRepository(String name, String revision) {
    private static final String PART = "[A-Za-z0-9_](?:[A-Za-z0-9_.\\-]{0,94}[A-Za-z0-9_])?";
    private static final Pattern NAME = Pattern.compile("(?:" + PART + "/)?" + PART);
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
    private static final Pattern REVISION = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.+#=@/\\-]{0,199}");
    private static final String MAIN = "main";

    /**
     * Checks both.
     *
     * @throws SettingsException if one of them cannot be on a hub
     */
    public HubRepository {
        if (!isName(name)) {
            throw new SettingsException("'" + name + "' is no model of a hub; allowed: ORG/NAME of letters, digits, "
                    + "'-', '_' and '.', and a revision behind '@'");
        }
        if (!REVISION.matcher(revision).matches()
                || revision.contains("..")
                || revision.contains("//")
                || revision.endsWith("/")) {
            throw new SettingsException(
                    "'" + revision + "' is no revision of " + name + "; allowed: a branch, a tag or a commit");
        }
    }

    /**
     * Reads {@code ORG/NAME} or {@code ORG/NAME@revision}; without a revision it is {@code main}.
     *
     * @throws SettingsException if it is neither
     */
    public static HubRepository parse(String text) {
        int at = text.indexOf('@');
        return at < 0
                ? new HubRepository(text, MAIN)
                : new HubRepository(text.substring(0, at), text.substring(at + 1));
    }

    /** True if a text could name a model, with or without a revision. */
    public static boolean isLike(String text) {
        int at = text.indexOf('@');
        return isName(at < 0 ? text : text.substring(0, at));
    }

    private static boolean isName(String name) {
        return name.length() <= 193
                && NAME.matcher(name).matches()
                && !name.contains("--")
                && !name.contains("..")
                && !name.endsWith(".git");
    }

    /** True for the 40 digits of a commit. */
    static boolean isCommit(String text) {
        return COMMIT.matcher(text).matches();
    }

    /** The folder's name in the cache. */
    String folder() {
        return "models--" + name.replace("/", "--");
    }

    @Override
    public String toString() {
        return revision.equals(MAIN) ? name : name + "@" + revision;
    }
}
