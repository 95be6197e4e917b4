package dev.graft.peft.spi.file;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * graft.json.
 *
 * @param method id of the method
 * @param tensorsHash hash of the tensors' file, so that these are never taken for the notes of another adapter
 * @param settings names of the settings that the method read
 * @param beyondPeft settings that adapter_config.json does not hold, with their values
 * @param notes everything else
 */
record NotesFile(
        String method, String tensorsHash, List<String> settings, Map<String, Object> beyondPeft, GraftNotes notes) {
    private static final long FORMAT = 1;

    static NotesFile read(Path file) throws IOException {
        JsonKeys keys = new JsonKeys(file, Json.read(file));
        Long format = keys.whole("format");
        if (format == null || format != FORMAT) {
            throw keys.wrong("format", format, FORMAT + "; a newer Graft may have written it");
        }
        String method = keys.text("method");
        String tensors = keys.text("tensors_hash");
        List<String> settings = keys.texts("settings");
        Map<String, Object> beyondPeft = keys.object("settings_beyond_peft");
        if (method == null || tensors == null) {
            throw new FileFormatException(file, "lacks the key 'method' or 'tensors_hash'");
        }
        GraftNotes notes = new GraftNotes(
                keys.text("version"),
                keys.text("base_fingerprint"),
                keys.text("tokenizer_hash"),
                keys.whole("seed"),
                keys.text("data_hash"),
                keys.texts("labels"),
                keys.count("max_length"),
                keys.object("head"),
                keys.object("training"));
        keys.finish();
        return new NotesFile(method, tensors, settings, beyondPeft, notes);
    }

    String text() {
        Map<String, Object> keys = new LinkedHashMap<>();
        keys.put("format", FORMAT);
        keys.put("method", method);
        keys.put("tensors_hash", tensorsHash);
        keys.put("settings", settings);
        keys.put("settings_beyond_peft", beyondPeft);
        keys.put("version", notes.version());
        keys.put("base_fingerprint", notes.baseFingerprint());
        keys.put("tokenizer_hash", notes.tokenizerHash());
        keys.put("seed", notes.seed());
        keys.put("data_hash", notes.dataHash());
        keys.put("labels", notes.labels());
        keys.put("max_length", notes.maxLength());
        keys.put("head", notes.head());
        keys.put("training", notes.training());
        keys.values()
                .removeIf(value -> value == null
                        || value instanceof Collection<?> list && list.isEmpty()
                        || value instanceof Map<?, ?> map && map.isEmpty());
        return Json.pretty(keys) + "\n";
    }
}
