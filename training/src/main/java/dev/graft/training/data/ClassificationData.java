package dev.graft.training.data;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Labelled rows in three parts, and the order of the labels: the index of a label is its class in the model.
 *
 * <p>Immutable. {@link #read} takes it from a folder, {@link #write} makes such a folder.
 */
public final class ClassificationData implements DataSet {
    private final List<String> labels;
    private final Map<Split, List<Example>> rows;
    private final Map<String, Integer> index = new HashMap<>();

    /**
     * Data made by a program.
     *
     * @throws IllegalArgumentException if a part is empty or a row has a label that is not among the labels
     */
    public ClassificationData(List<String> labels, List<Example> train, List<Example> validation, List<Example> test) {
        this.labels = List.copyOf(labels);
        this.rows = Map.of(
                Split.TRAIN, List.copyOf(train),
                Split.VALIDATION, List.copyOf(validation),
                Split.TEST, List.copyOf(test));
        for (String label : this.labels) {
            if (index.put(label, index.size()) != null) {
                throw new IllegalArgumentException("label '" + label + "' occurs twice");
            }
        }
        for (Split split : Split.values()) {
            check(split);
        }
    }

    private void check(Split split) {
        if (rows(split).isEmpty()) {
            throw new IllegalArgumentException("there are no rows for " + split.file());
        }
        for (Example row : rows(split)) {
            if (row.label() == null || !index.containsKey(row.label())) {
                throw new IllegalArgumentException(
                        "a row for " + split.file() + " has the label '" + row.label() + "'; labels: " + labels);
            }
        }
    }

    /**
     * Reads a folder with train.jsonl, validation.jsonl, test.jsonl and, to fix the order of labels, labels.json.
     *
     * @throws DataException that names file and line of the first thing that is wrong
     */
    public static ClassificationData read(Path folder) throws DataException {
        return DataFolder.read(folder);
    }

    /** Writes the folder that {@link #read} reads, labels.json included; each file is complete or not there. */
    public void write(Path folder) throws DataException {
        DataFolder.write(this, folder);
    }

    /** Names of the classes; the index is the class. */
    @Override
    public List<String> labels() {
        return labels;
    }

    /** The rows of a part, in file order. */
    public List<Example> rows(Split split) {
        return rows.get(split);
    }

    /** The classes of a part's rows, in file order. */
    public int[] classes(Split split) {
        return rows(split).stream().mapToInt(row -> index.get(row.label())).toArray();
    }

    @Override
    public int size(Split split) {
        return rows(split).size();
    }

    /** SHA-256, in hex, of labels and rows in their order: changes with anything that a run could notice. */
    @Override
    public String hash() {
        ContentHash hash = new ContentHash().addTexts(labels);
        for (Split split : Split.values()) {
            hash.add(rows(split));
        }
        return hash.hex();
    }
}
