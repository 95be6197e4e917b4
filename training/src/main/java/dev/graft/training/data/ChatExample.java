package dev.graft.training.data;

import dev.graft.transformer.model.chat.ChatMessage;
import java.util.ArrayList;
import java.util.List;

/**
 * A conversation, whose assistant's turns are what a model is to write.
 *
 * @param messages its turns, at least one
 */
public record ChatExample(List<ChatMessage> messages) implements GenerationRow {
    /** Copies the turns. */
    public ChatExample {
        messages = List.copyOf(messages);
        if (messages.isEmpty()) {
            throw new IllegalArgumentException("a conversation without messages");
        }
    }

    @Override
    public List<String> texts() {
        List<String> texts = new ArrayList<>();
        for (ChatMessage message : messages) {
            texts.add(message.role());
            texts.add(message.content());
        }
        return texts;
    }
}
