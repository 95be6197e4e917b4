package dev.graft.training.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Rows in three parts, for whichever task. Immutable. */
public sealed interface DataSet permits ClassificationData, GenerationData, TokenData {
    /** Names of the classes; empty where none are to be told apart. */
    List<String> labels();

    /** SHA-256, in hex, of all rows in their order: changes with anything that a run could notice. */
    String hash();

    /** Number of rows of a part. */
    int size(Split split);

    /**
     * Reads a folder with train.jsonl, validation.jsonl and test.jsonl; the first row's keys say which task it is.
     *
     * @throws DataException that names file and line of the first thing that is wrong
     */
    static DataSet read(Path folder) throws DataException {
        Path train = folder.resolve(Split.TRAIN.file());
        if (!Files.isRegularFile(train)) {
            return ClassificationData.read(folder); // which says what is missing
        }
        return GenerationExamples.isGeneration(train)
                ? GenerationData.read(folder)
                : TokenExamples.isTokens(train) ? TokenData.read(folder) : ClassificationData.read(folder);
    }
}
