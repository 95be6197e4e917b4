package dev.graft.peft.spi.file;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * What an adapter's folder holds.
 *
 * @param method its {@code peft_type} in lower case with hyphens, such as {@code lora}; mostly the method's id
 * @param peft what Hugging Face PEFT notes beside the method's settings
 * @param settings the method's settings, in the order of the file
 * @param beyondPeft those of them that PEFT does not know; they stand in graft.json
 * @param tensors the tensors by their names in the file, in its order
 * @param notes what Graft knows beyond that; {@link GraftNotes#NONE} for an adapter that PEFT made
 */
public record AdapterRecord(
        String method,
        PeftNotes peft,
        Map<String, Object> settings,
        Set<String> beyondPeft,
        Map<String, AdapterTensor> tensors,
        GraftNotes notes) {
    /** Copies the maps. */
    public AdapterRecord {
        beyondPeft = Set.copyOf(beyondPeft);
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
        tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    }
}
