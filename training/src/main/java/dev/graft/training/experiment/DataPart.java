package dev.graft.training.experiment;

import dev.graft.training.data.Split;
import dev.graft.training.plan.Keys;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Data of an experiment, or some rows of it.
 *
 * @param name for people; no other data of the experiment has it
 * @param source a folder, or a word for the embedded task
 * @param lossOn what counts in the loss of prompts and conversations
 * @param train rows to train on, 0 for all
 * @param validation rows that choose the learning rate and the best step, 0 for all
 * @param test rows that are looked at once, 0 for all
 * @param seed of the order from which the first rows are taken; more rows hold the fewer ones
 * @param replaced true if the source is another than the file's, which may have fewer rows
 */
public record DataPart(
        String name, String source, String lossOn, int train, int validation, int test, long seed, boolean replaced) {
    private static final Set<String> KEYS = Set.of("data", "name", "loss_on", "rows", "rows_seed");
    private static final Set<String> ROWS = Set.of("train", "validation", "test");

    /**
     * Reads one.
     *
     * @param rows numbers of rows for data that says none
     */
    static DataPart read(String where, Object value, Map<String, Object> rows) {
        Map<String, Object> object =
                value instanceof String source ? Map.of("data", source) : Keys.object(where, value);
        Keys keys = new Keys(where, object, KEYS);
        String source = keys.text("data");
        Map<String, Object> numbers = new LinkedHashMap<>(rows);
        numbers.putAll(keys.object("rows"));
        Keys some = new Keys(keys.where("rows"), numbers, ROWS);
        int last = source.replace('\\', '/').replaceAll("/+$", "").lastIndexOf('/');
        return new DataPart(
                keys.text("name", source.replaceAll("/+$", "").substring(last + 1)),
                source,
                keys.word("loss_on", "completions", List.of("completions", "everything")),
                some.count("train", 0, 1),
                some.count("validation", 0, 1),
                some.count("test", 0, 1),
                keys.whole("rows_seed", 0, Long.MIN_VALUE, Long.MAX_VALUE),
                false);
    }

    /** Checks numbers of rows that are for all data. */
    static Map<String, Object> checkedRows(String where, Map<String, Object> rows) {
        Keys keys = new Keys(where, rows, ROWS);
        ROWS.forEach(part -> keys.count(part, 0, 1));
        return rows;
    }

    /** True if it is all rows of its source. */
    boolean whole() {
        return train == 0 && validation == 0 && test == 0;
    }

    /** As many rows of other data. */
    DataPart from(String other) {
        String own = read("--data", other, Map.of()).name();
        boolean variant = !name.equals(read("data", source, Map.of()).name());
        return new DataPart(variant ? own + " " + name : own, other, lossOn, train, validation, test, seed, true);
    }

    /** Most rows of a part, 0 for all. */
    int rows(Split split) {
        return switch (split) {
            case TRAIN -> train;
            case VALIDATION -> validation;
            case TEST -> test;
        };
    }
}
