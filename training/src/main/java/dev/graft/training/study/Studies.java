package dev.graft.training.study;

import dev.graft.peft.spi.SettingsException;
import dev.graft.training.plan.Keys;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The studies that an experiment can name. */
public final class Studies {
    private Studies() {}

    private static List<Study> all() {
        return List.of(new TwoProducts(), new Cost(), new Starts(), new Spectrum(), new TensorParallel());
    }

    /**
     * A study with its options, as a file has it.
     *
     * @param id of the study
     * @param needsAdapters true if it looks at trained adapters
     * @param task does it
     */
    public record Named(String id, boolean needsAdapters, Study.Task task) {}

    /**
     * Reads an entry of a file.
     *
     * @param where it stands, for messages
     * @param entry an id, or an object with a "study" and its options
     */
    public static Named read(String where, Object entry) {
        Map<String, Object> object = entry instanceof String id ? Map.of("study", id) : Keys.object(where, entry);
        Object id = object.get("study");
        Study study = all().stream()
                .filter(one -> one.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new SettingsException(where + ".study is " + id + "; allowed: "
                        + all().stream().map(Study::id).sorted().collect(Collectors.joining(", "))));
        return new Named(study.id(), study.needsAdapters(), study.read(study.keys(where, object)));
    }
}
