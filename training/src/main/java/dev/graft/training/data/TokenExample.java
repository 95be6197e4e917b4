package dev.graft.training.data;

import java.util.List;

/**
 * A text as words, each of which has a class.
 *
 * @param words at least one
 * @param labels a class for each word; empty where they are not known
 */
public record TokenExample(List<String> words, List<String> labels) {
    /** Refuses a text without words, and classes that are more or fewer. */
    public TokenExample {
        words = List.copyOf(words);
        labels = List.copyOf(labels);
        if (words.isEmpty() || !labels.isEmpty() && labels.size() != words.size()) {
            throw new IllegalArgumentException(words.size() + " words with " + labels.size() + " labels");
        }
    }
}
