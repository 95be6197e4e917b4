package dev.graft.training.data;

import java.util.Objects;

/**
 * A text and how it goes on.
 *
 * @param prompt what is given; may be empty
 * @param completion what follows; may be empty
 */
public record GenerationExample(String prompt, String completion) {
    /** Refuses missing texts. */
    public GenerationExample {
        Objects.requireNonNull(prompt, "prompt");
        Objects.requireNonNull(completion, "completion");
    }
}
