package dev.graft.peft.spi.file;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** adapter_config.json, with the keys of Hugging Face PEFT. */
record AdapterConfig(String method, PeftNotes peft, Map<String, Object> settings) {
    private static final Pattern TYPE = Pattern.compile("[A-Z0-9_]+([+][A-Z0-9_]+)*");
    private static final Pattern ID = Pattern.compile("[a-z0-9-]+([+][a-z0-9-]+)*");

    /** Reads the file; a key that is null counts as not there. */
    static AdapterConfig read(Path file) throws IOException {
        JsonKeys keys = new JsonKeys(file, Json.read(file));
        String type = keys.text("peft_type");
        if (type == null || !TYPE.matcher(type).matches()) {
            throw keys.wrong("peft_type", type, "a method's name in capital letters, such as LORA");
        }
        PeftNotes peft = new PeftNotes(
                keys.text("task_type"),
                keys.text("base_model_name_or_path"),
                keys.text("revision"),
                keys.texts("modules_to_save"));
        List.of("inference_mode", "auto_mapping", "peft_version").forEach(keys::ignore);
        Map<String, Object> settings = keys.rest();
        settings.values().removeIf(Objects::isNull);
        return new AdapterConfig(type.toLowerCase(Locale.ROOT).replace('_', '-'), peft, settings);
    }

    /** The text of the file; keys sorted, as PEFT does. */
    static String text(AdapterRecord adapter) {
        if (!ID.matcher(adapter.method()).matches()) {
            throw new IllegalArgumentException("'" + adapter.method() + "' is no method's id; allowed: " + ID);
        }
        Map<String, Object> keys = new TreeMap<>();
        keys.put("peft_type", adapter.method().toUpperCase(Locale.ROOT).replace('-', '_'));
        keys.put("inference_mode", true);
        keys.put("task_type", adapter.peft().taskType());
        keys.put("base_model_name_or_path", adapter.peft().baseModel());
        keys.put("revision", adapter.peft().revision());
        keys.put("auto_mapping", null);
        List<String> saved = adapter.peft().modulesToSave();
        keys.put("modules_to_save", saved.isEmpty() ? null : saved);
        adapter.settings().forEach((key, value) -> {
            if (keys.containsKey(key) || key.equals("peft_version")) {
                throw new IllegalArgumentException("setting '" + key + "' has a name that adapter_config.json uses");
            }
            if (!adapter.beyondPeft().contains(key)) {
                keys.put(key, value);
            }
        });
        for (String patterns : List.of("rank_pattern", "alpha_pattern")) {
            if (keys.get(patterns) instanceof Map<?, ?> map) {
                keys.put(patterns, PatternOrder.sorted(map, adapter.tensors().keySet()));
            }
        }
        return Json.pretty(new LinkedHashMap<>(keys));
    }
}
