package dev.graft.training.data;

import java.util.List;

/** What a model is trained to write: a text and how it goes on, or a conversation. */
public sealed interface GenerationRow permits GenerationExample, ChatExample {
    /** Everything that is in it, in its order, for hashes. */
    List<String> texts();
}
