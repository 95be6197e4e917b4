package dev.graft.training.plan;

import dev.graft.peft.spi.SettingsException;
import dev.graft.training.data.DataException;
import dev.graft.training.data.DataSet;
import dev.graft.training.data.GenerationData;
import dev.graft.training.data.WordNetData;
import java.nio.file.Path;

/** Rows by their name: a folder, or the embedded task. */
public final class DataSource {
    /** The word for the embedded task. */
    public static final String FULL = "wordnet";

    /** The word for the embedded task with fewer rows to train on. */
    public static final String QUICK = "wordnet-quick";

    private static final String COMPLETIONS = "completions";
    private static final String EVERYTHING = "everything";

    private DataSource() {}

    /**
     * Reads all rows.
     *
     * @param data a folder, {@value #FULL} or {@value #QUICK}
     * @param lossOn {@code completions} or {@code everything}: what counts in the loss of prompts and conversations
     * @throws SettingsException if one of them is missing or unknown
     */
    public static DataSet read(String data, String lossOn) throws DataException {
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
            case EVERYTHING -> onEverything(data, rows);
            default ->
                throw new SettingsException("--loss-on is " + lossOn + "; allowed: " + COMPLETIONS + ", " + EVERYTHING);
        };
    }

    private static DataSet onEverything(String data, DataSet rows) {
        if (rows instanceof GenerationData texts) {
            return texts.withLossOnEverything();
        }
        throw new SettingsException("--loss-on is everything, but the rows of " + data
                + " have labels; it is for prompts with completions and for conversations");
    }
}
