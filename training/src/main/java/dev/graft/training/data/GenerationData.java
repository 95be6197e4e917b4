package dev.graft.training.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Texts and how they go on, in three parts. Immutable. */
public final class GenerationData implements DataSet {
    private final Map<Split, List<GenerationRow>> rows;
    private final boolean everything;

    /**
     * Data made by a program.
     *
     * @throws IllegalArgumentException if a part is empty
     */
    public GenerationData(
            List<? extends GenerationRow> train,
            List<? extends GenerationRow> validation,
            List<? extends GenerationRow> test) {
        this(parts(train, validation, test), false);
    }

    private GenerationData(Map<Split, List<GenerationRow>> rows, boolean everything) {
        this.rows = rows;
        this.everything = everything;
    }

    private static Map<Split, List<GenerationRow>> parts(
            List<? extends GenerationRow> train,
            List<? extends GenerationRow> validation,
            List<? extends GenerationRow> test) {
        Map<Split, List<GenerationRow>> rows = Map.of(
                Split.TRAIN, List.copyOf(train),
                Split.VALIDATION, List.copyOf(validation),
                Split.TEST, List.copyOf(test));
        for (Split split : Split.values()) {
            if (rows.get(split).isEmpty()) {
                throw new IllegalArgumentException("there are no rows for " + split.file());
            }
        }
        return rows;
    }

    /** The same rows with a loss on all tokens, the prompts' and the users' too. */
    public GenerationData withLossOnEverything() {
        return new GenerationData(rows, true);
    }

    /** True if the loss is that of all tokens, not of completions or the assistant's turns alone. */
    public boolean lossOnEverything() {
        return everything;
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
    public List<GenerationRow> rows(Split split) {
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
            hash.addTexts(
                    rows(split).stream().flatMap(row -> row.texts().stream()).toList());
        }
        if (everything) {
            hash.addTexts(List.of("loss on everything"));
        }
        return hash.hex();
    }
}
