package dev.graft.training.study;

import dev.graft.training.plan.Keys;
import java.io.IOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** What an experiment counts, measures or finds in its adapters. An entry of "studies" in its file names it. */
public interface Study {
    /** Names it in files: {@code "study": "two-products"}. */
    String id();

    /** Keys that an entry may have, beside {@code study}. */
    Set<String> keys();

    /** True if it looks at the adapters that the experiment trained. */
    default boolean needsAdapters() {
        return false;
    }

    /**
     * Reads an entry, without doing anything else.
     *
     * @param options the entry's keys
     * @throws dev.graft.peft.spi.SettingsException that names a key, its value and what is allowed
     */
    Task read(Keys options);

    /** A study with its options. */
    interface Task {
        /** Does it. */
        StudyResult run(Subject subject) throws IOException;
    }

    /** The keys of an entry, checked against those that it may have. */
    default Keys keys(String where, Map<String, Object> entry) {
        Set<String> known = new HashSet<>(keys());
        known.add("study");
        return new Keys(where, entry, known);
    }
}
