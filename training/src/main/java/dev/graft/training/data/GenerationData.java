package dev.graft.training.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Texts and how they go on, in three parts. Immutable. */
public final class GenerationData implements DataSet {
    private final Map<Split, List<GenerationExample>> rows;

    /**
     * Data made by a program.
     *
     * @throws IllegalArgumentException if a part is empty
     */
    public GenerationData(
            List<GenerationExample> train, List<GenerationExample> validation, List<GenerationExample> test) {
        this.rows = Map.of(
                Split.TRAIN, List.copyOf(train),
                Split.VALIDATION, List.copyOf(validation),
                Split.TEST, List.copyOf(test));
        for (Split split : Split.values()) {
            if (rows(split).isEmpty()) {
                throw new IllegalArgumentException("there are no rows for " + split.file());
            }
        }
    }

    /**
     * Reads a folder with train.jsonl, validation.jsonl and test.jsonl.
     *
     * @throws DataException that names file and line of the first thing that is wrong
     */
    public static GenerationData read(Path folder) throws DataException {
        DataFolder.checkFiles(folder);
        return new GenerationData(
                GenerationExamples.read(folder.resolve(Split.TRAIN.file())),
                GenerationExamples.read(folder.resolve(Split.VALIDATION.file())),
                GenerationExamples.read(folder.resolve(Split.TEST.file())));
    }

    /** The rows of a part, in file order. */
    public List<GenerationExample> rows(Split split) {
        return rows.get(split);
    }

    @Override
    public List<String> labels() {
        return List.of();
    }

    @Override
    public int size(Split split) {
        return rows(split).size();
    }

    @Override
    public String hash() {
        ContentHash hash = new ContentHash();
        for (Split split : Split.values()) {
            hash.addTexts(rows(split).stream()
                    .flatMap(row -> java.util.stream.Stream.of(row.prompt(), row.completion()))
                    .toList());
        }
        return hash.hex();
    }
}
