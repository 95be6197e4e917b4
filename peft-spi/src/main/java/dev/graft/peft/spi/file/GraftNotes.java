package dev.graft.peft.spi.file;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What Graft notes beside an adapter, in graft.json. A part that is not known is null or empty.
 *
 * @param version of the library that wrote it
 * @param baseFingerprint of the weights that the adapter was trained on
 * @param tokenizerHash of the tokenizer's file
 * @param seed of the run
 * @param dataHash of the training data
 * @param labels of the head, in the order of its rows
 * @param maxLength most tokens of a text in training
 * @param head how the head is built
 * @param training settings of the run
 */
public record GraftNotes(
        String version,
        String baseFingerprint,
        String tokenizerHash,
        Long seed,
        String dataHash,
        List<String> labels,
        Integer maxLength,
        Map<String, Object> head,
        Map<String, Object> training) {
    /** Nothing noted: there is no graft.json. */
    public static final GraftNotes NONE =
            new GraftNotes(null, null, null, null, null, List.of(), null, Map.of(), Map.of());

    /** Copies list and maps. */
    public GraftNotes {
        labels = List.copyOf(labels);
        head = Collections.unmodifiableMap(new LinkedHashMap<>(head));
        training = Collections.unmodifiableMap(new LinkedHashMap<>(training));
    }
}
