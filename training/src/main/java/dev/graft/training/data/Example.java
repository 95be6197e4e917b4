package dev.graft.training.data;

import java.util.Objects;

/**
 * A text, or a pair of texts, to be classified.
 *
 * @param text the text; may be empty
 * @param textPair the second text, or null
 * @param label its class, or null where it is not known
 */
public record Example(String text, String textPair, String label) {
    /** Refuses a missing text. */
    public Example {
        Objects.requireNonNull(text, "text");
    }

    /** A single text with its class. */
    public Example(String text, String label) {
        this(text, null, label);
    }
}
