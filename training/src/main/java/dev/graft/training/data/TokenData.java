package dev.graft.training.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Texts whose words have classes, in three parts, and the order of the labels. Immutable. */
public final class TokenData implements DataSet {
    private final List<String> labels;
    private final Map<Split, List<TokenExample>> rows;

    /**
     * Data made by a program.
     *
     * @throws IllegalArgumentException if a part is empty or a word has a label that is not among the labels
     */
    public TokenData(
            List<String> labels, List<TokenExample> train, List<TokenExample> validation, List<TokenExample> test) {
        this.labels = List.copyOf(labels);
        this.rows = Map.of(
                Split.TRAIN, List.copyOf(train),
                Split.VALIDATION, List.copyOf(validation),
                Split.TEST, List.copyOf(test));
        for (Split split : Split.values()) {
            if (rows(split).isEmpty()) {
                throw new IllegalArgumentException("there are no rows for " + split.file());
            }
            for (TokenExample row : rows(split)) {
                if (row.labels().isEmpty() || !this.labels.containsAll(row.labels())) {
                    throw new IllegalArgumentException(
                            "a row for " + split.file() + " has the labels " + row.labels() + "; labels: " + labels);
                }
            }
        }
    }

    /**
     * Reads a folder with train.jsonl, validation.jsonl, test.jsonl and, to fix the order of labels, labels.json.
     *
     * @throws DataException that names file and line of the first thing that is wrong
     */
    public static TokenData read(Path folder) throws DataException {
        DataFolder.checkFiles(folder);
        Path train = folder.resolve(Split.TRAIN.file());
        boolean fixed = Files.exists(folder.resolve(LabelsFile.NAME));
        String origin = fixed ? LabelsFile.NAME : Split.TRAIN.file();
        List<String> labels =
                fixed ? LabelsFile.read(folder.resolve(LabelsFile.NAME)) : sorted(TokenExamples.readLabelled(train));
        if (labels.size() < 2) {
            throw new DataException(
                    folder.resolve(origin) + " has the one label '" + labels.get(0) + "'; at least two are needed");
        }
        return new TokenData(
                labels,
                TokenExamples.readLabelled(train, labels, origin),
                TokenExamples.readLabelled(folder.resolve(Split.VALIDATION.file()), labels, origin),
                TokenExamples.readLabelled(folder.resolve(Split.TEST.file()), labels, origin));
    }

    private static List<String> sorted(Collection<TokenExample> rows) {
        TreeSet<String> labels = new TreeSet<>(DataFolder.BY_CODE_POINT);
        rows.forEach(row -> labels.addAll(row.labels()));
        return List.copyOf(labels);
    }

    /** The same rows with their labels in another order, or with more of them. */
    public TokenData inOrderOf(List<String> other) {
        return new TokenData(other, rows(Split.TRAIN), rows(Split.VALIDATION), rows(Split.TEST));
    }

    @Override
    public List<String> labels() {
        return labels;
    }

    /** The rows of a part, in file order. */
    public List<TokenExample> rows(Split split) {
        return rows.get(split);
    }

    @Override
    public int size(Split split) {
        return rows(split).size();
    }

    @Override
    public String hash() {
        ContentHash hash = new ContentHash().addTexts(labels);
        for (Split split : Split.values()) {
            for (TokenExample row : rows(split)) {
                List<String> all = new ArrayList<>(row.words());
                all.addAll(row.labels());
                hash.addTexts(all);
            }
        }
        return hash.hex();
    }
}
