package dev.graft.transformer.model.chat;

import java.util.List;

/**
 * A conversation as one text, with the places that the model itself writes.
 *
 * @param text with its special tokens
 * @param spans of the assistant's turns, in their order
 */
public record ChatText(String text, List<Span> spans) {
    /**
     * A part of the text.
     *
     * @param from first character
     * @param to first character behind it
     */
    public record Span(int from, int to) {}

    /** Copies the list. */
    public ChatText {
        spans = List.copyOf(spans);
    }

    /** True if a token of these characters is the assistant's. */
    public boolean isAssistant(int from, int to) {
        return spans.stream().anyMatch(span -> from < span.to() && to > span.from());
    }
}
