package dev.graft.runtime.vertx.message;

import dev.graft.peft.spi.SettingsException;
import dev.graft.training.data.Example;
import dev.graft.training.data.GenerationExample;
import io.vertx.core.json.JsonObject;

/** Rows to train on in a message, with the keys of a data file. */
public final class TrainingRow {
    private TrainingRow() {}

    /**
     * A text with its label.
     *
     * @throws SettingsException if one of them is missing
     */
    public static Example labelled(JsonObject row) {
        return new Example(text(row, "text"), row.getString("text_pair"), text(row, "label"));
    }

    /**
     * A prompt with its completion.
     *
     * @throws SettingsException if one of them is missing
     */
    public static GenerationExample completed(JsonObject row) {
        return new GenerationExample(text(row, "prompt"), text(row, "completion"));
    }

    private static String text(JsonObject row, String key) {
        if (row.getValue(key) instanceof String text) {
            return text;
        }
        throw new SettingsException("a row has " + key + " " + row.getValue(key) + "; allowed: a text");
    }
}
