package dev.graft.runtime.vertx.message;

import io.vertx.core.json.JsonObject;

/**
 * A version of an adapter, or a folder that is none.
 *
 * @param name its name
 * @param digest SHA-256 of its files, in hexadecimal; null where they are refused
 * @param newest true if its name alone stands for it
 * @param loaded true if it is in memory
 * @param pinned true if it stays there
 * @param users requests that use it now
 * @param bytes of its files
 * @param refused why its folder is not used, or null
 */
public record AdapterStatus(
        String name,
        String digest,
        boolean newest,
        boolean loaded,
        boolean pinned,
        int users,
        long bytes,
        String refused) {
    /** {@code name@digest}. */
    public String id() {
        return name + "@" + digest;
    }

    /** As JSON, with the keys of this record. */
    public JsonObject toJson() {
        return new JsonObject()
                .put("name", name)
                .put("digest", digest)
                .put("newest", newest)
                .put("loaded", loaded)
                .put("pinned", pinned)
                .put("users", users)
                .put("bytes", bytes)
                .put("refused", refused);
    }

    /** Reads {@link #toJson}. */
    public static AdapterStatus of(JsonObject json) {
        return new AdapterStatus(
                json.getString("name"),
                json.getString("digest"),
                json.getBoolean("newest"),
                json.getBoolean("loaded"),
                json.getBoolean("pinned"),
                json.getInteger("users"),
                json.getLong("bytes"),
                json.getString("refused"));
    }
}
