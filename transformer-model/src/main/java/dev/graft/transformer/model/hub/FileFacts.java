package dev.graft.transformer.model.hub;

import dev.graft.transformer.model.hub.HubHttp.Answer;
import java.util.regex.Pattern;

/**
 * What a hub says of a file.
 *
 * @param name in the repository
 * @param etag its name in the cache: a SHA-256 where the file is in the hub's large storage
 * @param size in bytes
 */
record FileFacts(String name, String etag, long size) {
    private static final String COMMIT = "X-Repo-Commit";
    private static final String LINKED_ETAG = "X-Linked-Etag";
    private static final String LINKED_SIZE = "X-Linked-Size";
    private static final Pattern SAFE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.+=\\-]{0,127}");
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    /** True if an answer tells of the file that it leads to. */
    static boolean areIn(Answer answer) {
        return answer.header(COMMIT) != null
                && answer.header(LINKED_ETAG) != null
                && answer.header(LINKED_SIZE) != null;
    }

    /**
     * Reads them from the headers of an answer.
     *
     * @throws HubException if one is missing or cannot be
     */
    static FileFacts of(String name, String commit, Answer answer) throws HubException {
        String found = answer.header(COMMIT);
        if (found == null) {
            throw new HubException(answer.uri() + " answers without " + COMMIT
                    + ", so it is no hub, or something on the way takes headers out; check HF_ENDPOINT and proxies");
        }
        if (!found.equals(commit)) {
            throw new HubException(
                    answer.uri() + " answers with the commit " + brief(found) + " where " + commit + " was asked for");
        }
        String linked = answer.header(LINKED_ETAG);
        String etag = linked != null ? linked : answer.header("ETag");
        String plain = etag == null ? "" : etag.replaceFirst("^(W/)?\"?", "").replaceFirst("\"$", "");
        if (!SAFE.matcher(plain).matches() || plain.contains("..")) {
            throw new HubException(answer.uri() + " answers with the ETag " + brief(etag)
                    + "; allowed: letters, digits, '-', '_', '.'");
        }
        String length = answer.header(LINKED_SIZE);
        return new FileFacts(name, plain, size(answer, length != null ? length : answer.header("Content-Length")));
    }

    private static long size(Answer answer, String length) throws HubException {
        try {
            long size = Long.parseLong(length);
            if (size >= 0) {
                return size;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new HubException(answer.uri() + " answers with the length " + brief(length) + "; a number is needed");
    }

    /** The hash that the content must have, or null where the hub names none. */
    String sha256() {
        return SHA256.matcher(etag).matches() ? etag : null;
    }

    private static String brief(String text) {
        String shown = String.valueOf(text);
        return shown.length() <= 100 ? shown : shown.substring(0, 100) + "...";
    }
}
