package dev.graft.cli;

import dev.graft.peft.spi.SettingsException;
import dev.graft.training.data.DataException;
import dev.graft.training.data.DataSet;
import dev.graft.training.data.WordNetData;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which rows to train on. */
final class DataOptions {
    /** The word for the embedded task. */
    static final String FULL = "wordnet";

    /** The word for the embedded task with fewer rows to train on. */
    static final String QUICK = "wordnet-quick";

    @Option(
            names = "--data",
            paramLabel = "DIR|wordnet",
            description =
                    "A folder with train.jsonl, validation.jsonl and test.jsonl, of texts with labels or of prompts "
                            + "with completions; or the embedded task: wordnet (4000 "
                            + "rows) or wordnet-quick (1000 rows).")
    private String data;

    /** Reads all of it. */
    DataSet read() throws DataException {
        if (data == null) {
            throw new SettingsException("--data is missing; allowed: a folder of rows, " + FULL + ", " + QUICK);
        }
        return switch (data) {
            case FULL -> WordNetData.full();
            case QUICK -> WordNetData.quick();
            default -> DataSet.read(Path.of(data));
        };
    }

    /** As it was given. */
    String source() {
        return data;
    }
}
