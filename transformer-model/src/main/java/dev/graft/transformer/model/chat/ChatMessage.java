package dev.graft.transformer.model.chat;

import java.util.Objects;

/**
 * One turn of a conversation.
 *
 * @param role who speaks: {@code system}, {@code user}, {@code assistant}, or another that the template knows
 * @param content what is said
 */
public record ChatMessage(String role, String content) {
    /** The role of the model's own turns. */
    public static final String ASSISTANT = "assistant";

    /** Refuses missing texts. */
    public ChatMessage {
        Objects.requireNonNull(role, "role");
        Objects.requireNonNull(content, "content");
    }
}
