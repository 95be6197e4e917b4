package dev.graft.runtime.vertx.message;

import io.vertx.core.json.JsonObject;

/**
 * Answers a {@link GenerateRequest}.
 *
 * @param adapter {@code name@digest} that was used, or null for the bare base
 * @param text all of it, also where it came in pieces
 * @param finish why it ends: {@code end} (an end token), {@code stop} (a stop string) or {@code length}
 * @param promptTokens tokens that were read
 * @param tokens tokens that were written, an end token included
 */
public record GenerateAnswer(String adapter, String text, String finish, int promptTokens, int tokens) {
    /** As a message. */
    public Packet toPacket() {
        return new Packet(new JsonObject()
                .put("adapter", adapter)
                .put("text", text)
                .put("finish", finish)
                .put("prompt_tokens", promptTokens)
                .put("tokens", tokens));
    }

    /** Reads {@link #toPacket}. */
    public static GenerateAnswer of(Packet packet) {
        JsonObject head = packet.head();
        return new GenerateAnswer(
                head.getString("adapter"),
                head.getString("text"),
                head.getString("finish"),
                head.getInteger("prompt_tokens"),
                head.getInteger("tokens"));
    }

    /** A piece of a text on its way. */
    public static Packet piece(String piece) {
        return new Packet(new JsonObject().put("piece", piece));
    }

    /** Reads {@link #piece}. */
    public static String piece(Packet packet) {
        return packet.head().getString("piece");
    }
}
