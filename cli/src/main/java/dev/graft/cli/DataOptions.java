package dev.graft.cli;

import dev.graft.training.data.DataException;
import dev.graft.training.data.DataSet;
import dev.graft.training.plan.DataSource;
import picocli.CommandLine.Option;

/** Which rows to train on. */
final class DataOptions {
    /** The word for the embedded task. */
    static final String FULL = DataSource.FULL;

    private static final String COMPLETIONS = "completions";

    /** The word for the embedded task with fewer rows to train on. */
    static final String QUICK = DataSource.QUICK;

    @Option(
            names = "--data",
            paramLabel = "DIR|wordnet",
            description =
                    "A folder with train.jsonl, validation.jsonl and test.jsonl, of texts with labels or of prompts "
                            + "with completions; or the embedded task: wordnet (4000 "
                            + "rows) or wordnet-quick (1000 rows).")
    private String data;

    @Option(
            names = "--loss-on",
            paramLabel = "completions|everything",
            defaultValue = COMPLETIONS,
            description =
                    "What counts in the loss of prompts and conversations: completions and the assistant's turns, "
                            + "or all tokens (${DEFAULT-VALUE}).")
    private String lossOn;

    /** Reads all of it. */
    DataSet read() throws DataException {
        return DataSource.read(data, lossOn);
    }

    /** What counts in the loss, as it was given. */
    String lossOn() {
        return lossOn;
    }

    /** As it was given. */
    String source() {
        return data;
    }
}
