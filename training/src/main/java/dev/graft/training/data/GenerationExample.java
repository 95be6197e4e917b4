package dev.graft.training.data;

import java.util.List;
import java.util.Objects;

/**
 * A text and how it goes on.
 *
 * @param prompt what is given; may be empty
 * @param completion what follows; may be empty
 */
public record GenerationExample(String prompt, String completion) implements GenerationRow {
    /** Refuses missing texts. */
    public GenerationExample {
        Objects.requireNonNull(prompt, "prompt");
        Objects.requireNonNull(completion, "completion");
    }

    @Override
    public List<String> texts() {
        return List.of(prompt, completion);
    }
}
