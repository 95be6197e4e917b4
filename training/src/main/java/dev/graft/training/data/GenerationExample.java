package dev.graft.training.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A text and how it goes on.
 *
 * @param prompt what is given; may be empty
 * @param completion what follows, on which a model is trained; may be empty
 * @param references what is as right as the completion where a model writes the text itself; none means the completion
 */
public record GenerationExample(String prompt, String completion, List<String> references) implements GenerationRow {
    /** Refuses missing texts. */
    public GenerationExample {
        Objects.requireNonNull(prompt, "prompt");
        Objects.requireNonNull(completion, "completion");
        references = List.copyOf(references);
    }

    /** A text with one right completion. */
    public GenerationExample(String prompt, String completion) {
        this(prompt, completion, List.of());
    }

    /** What a written text is compared with: at least one. */
    public List<String> right() {
        return references.isEmpty() ? List.of(completion) : references;
    }

    @Override
    public List<String> texts() {
        List<String> texts = new ArrayList<>(List.of(prompt, completion));
        texts.addAll(references);
        return texts;
    }
}
