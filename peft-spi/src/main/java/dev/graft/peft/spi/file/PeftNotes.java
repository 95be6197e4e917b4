package dev.graft.peft.spi.file;

import java.util.List;

/**
 * Keys of adapter_config.json that are no settings of a method.
 *
 * @param taskType such as SEQ_CLS; null if the file has none
 * @param baseModel name or path of the base; null if the file has none
 * @param revision version of the base; null if the file has none
 * @param modulesToSave modules that are trained and stored whole, such as the head
 */
public record PeftNotes(String taskType, String baseModel, String revision, List<String> modulesToSave) {
    /** Nothing noted. */
    public static final PeftNotes NONE = new PeftNotes(null, null, null, List.of());

    /** Copies the list. */
    public PeftNotes {
        modulesToSave = List.copyOf(modulesToSave);
    }
}
