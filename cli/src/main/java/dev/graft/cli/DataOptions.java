package dev.graft.cli;

import dev.graft.peft.spi.SettingsException;
import dev.graft.training.data.DataException;
import dev.graft.training.data.DataSet;
import dev.graft.training.data.GenerationData;
import dev.graft.training.data.WordNetData;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which rows to train on. */
final class DataOptions {
    /** The word for the embedded task. */
    static final String FULL = "wordnet";

    private static final String COMPLETIONS = "completions";
    private static final String EVERYTHING = "everything";

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
        if (data == null) {
            throw new SettingsException("--data is missing; allowed: a folder of rows, " + FULL + ", " + QUICK);
        }
        DataSet rows = switch (data) {
            case FULL -> WordNetData.full();
            case QUICK -> WordNetData.quick();
            default -> DataSet.read(Path.of(data));
        };
        return switch (lossOn) {
            case COMPLETIONS -> rows;
            case EVERYTHING -> onEverything(rows);
            default ->
                throw new SettingsException("--loss-on is " + lossOn + "; allowed: " + COMPLETIONS + ", " + EVERYTHING);
        };
    }

    private DataSet onEverything(DataSet rows) {
        if (rows instanceof GenerationData texts) {
            return texts.withLossOnEverything();
        }
        throw new SettingsException("--loss-on is everything, but the rows of " + data
                + " have labels; it is for prompts with completions and for conversations");
    }

    /** As it was given. */
    String source() {
        return data;
    }
}
