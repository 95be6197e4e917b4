package dev.graft.peft.spi.file;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What an adapter's folder holds.
 *
 * @param method id of the method, such as {@code lora}
 * @param peft what Hugging Face PEFT notes beside the method's settings
 * @param settings the method's settings, in the order of the file
 * @param tensors the tensors by their names in the file, in its order
 * @param notes what Graft knows beyond that; {@link GraftNotes#NONE} for an adapter that PEFT made
 */
public record AdapterRecord(
        String method,
        PeftNotes peft,
        Map<String, Object> settings,
        Map<String, AdapterTensor> tensors,
        GraftNotes notes) {
    /** Copies the maps. */
    public AdapterRecord {
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
        tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    }
}
