package dev.graft.peft.spi.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The folder of a bottleneck, a LoRA, an IA3 or a prefix that AdapterHub's library {@code adapters} saved with
 * {@code use_safetensors=True}: adapter_config.json, adapter.safetensors and, with a head, head_config.json and
 * model_head.safetensors. Tensors stand under the library's own modules; whoever has the base's sites moves them.
 */
final class AdapterHubFiles {
    /** Between the module of the library and the adapter's name, which is taken out. */
    private static final List<String> GROUPS = List.of(".adapters.", ".loras.", ".prefix_tunings.");

    private static final String TENSORS = "adapter.safetensors";
    private static final String HEAD = "model_head.safetensors";
    private static final String HEAD_CONFIG = "head_config.json";
    private static final String ROOT = "base_model.model.";

    private final Path folder;
    private final Path file;
    private final Map<String, Object> all;

    private AdapterHubFiles(Path folder, Path file, Map<String, Object> all) {
        this.folder = folder;
        this.file = file;
        this.all = all;
    }

    /** The folder's content, or null if it is no folder of AdapterHub's. */
    static AdapterRecord read(Path folder, Path config) throws IOException {
        Map<String, Object> all = Json.read(config);
        boolean theirs = !all.containsKey("peft_type") && all.containsKey("config") && all.containsKey("model_type");
        return theirs ? new AdapterHubFiles(folder, config, all).read() : null;
    }

    private AdapterRecord read() throws IOException {
        AdapterHubKeys keys = all.get("config") instanceof Map<?, ?> map ? AdapterHubKeys.of(map) : null;
        if (keys == null) {
            Object kind = all.get("config") instanceof Map<?, ?> map ? map.get("architecture") : all.get("config");
            throw wrong(
                    "config",
                    kind,
                    "the settings of a bottleneck, of lora or of prefix_tuning: AdapterHub's other methods are not read");
        }
        if (!(all.get("name") instanceof String name) || name.isEmpty()) {
            throw wrong("name", all.get("name"), "the adapter's name");
        }
        Map<String, Object> settings = new LinkedHashMap<>();
        for (Map.Entry<?, ?> each : ((Map<?, ?>) all.get("config")).entrySet()) {
            setting(keys, (String) each.getKey(), each.getValue(), settings);
        }
        Map<String, AdapterTensor> tensors = new LinkedHashMap<>();
        AdapterFiles.tensors(found(TENSORS, "pytorch_adapter.bin"))
                .forEach((key, tensor) -> tensors.put(ROOT + withoutName(key, name), tensor));
        List<String> labels = new ArrayList<>();
        PeftNotes peft = head(tensors, labels);
        GraftNotes none = GraftNotes.NONE;
        GraftNotes notes = new GraftNotes(
                null, none.baseFingerprint(), null, null, null, labels, null, none.head(), none.training());
        return new AdapterRecord(AdapterFiles.ADAPTER_HUB, peft, settings, Set.of(), tensors, notes);
    }

    private static String withoutName(String key, String name) {
        String found = key;
        for (String group : GROUPS) {
            found = found.replace(group + name + ".", group);
        }
        return found;
    }

    private void setting(AdapterHubKeys keys, String key, Object value, Map<String, Object> settings)
            throws FileFormatException {
        if (keys.kept().contains(key)) {
            if (value != null) {
                settings.put(key, value);
            }
        } else if (keys.only().containsKey(key)) {
            if (!keys.isSupported(key, value)) {
                throw wrong(
                        "config." + key, value, keys.only().get(key) + "; Graft does not support anything else here");
            }
        } else if (!keys.inert().contains(key)) {
            throw wrong("config." + key, value, "the keys of " + keys.name() + " of adapters 1.3");
        }
    }

    /** The head's tensors under PEFT's names; what the modules to save are. */
    private PeftNotes head(Map<String, AdapterTensor> tensors, List<String> labels) throws IOException {
        Path config = folder.resolve(HEAD_CONFIG);
        if (!Files.exists(config)) {
            return PeftNotes.NONE;
        }
        Map<String, Object> head = Json.read(config);
        if (head.get("config") != null) {
            throw new FileFormatException(
                    config,
                    "is a head of AdapterHub's flexible models, which is not read; save the adapter without it "
                            + "(with_head=False), or from a class such as BertForSequenceClassification");
        }
        String task = String.valueOf(head.get("model_class"));
        boolean tokens = task.endsWith("ForTokenClassification");
        boolean classes = tokens || task.endsWith("ForSequenceClassification");
        List<String> saved = new ArrayList<>();
        for (Map.Entry<String, AdapterTensor> each :
                AdapterFiles.tensors(found(HEAD, "pytorch_model_head.bin")).entrySet()) {
            String name = each.getKey();
            if (GROUPS.stream().anyMatch(name::contains)) {
                continue; // of models without a root the library takes the adapter's tensors for the head's too
            }
            boolean zeros =
                    name.equals("final_logits_bias") && isZero(each.getValue().values());
            if (!zeros) {
                tensors.put(ROOT + name, each.getValue());
            }
            String module = name.substring(0, Math.max(0, name.indexOf('.')));
            if (classes && !saved.contains(module)) {
                saved.add(module);
            }
        }
        if (classes && head.get("label2id") instanceof Map<?, ?> ids) {
            labels.addAll(labels(config, ids));
        }
        return new PeftNotes(classes ? tokens ? "TOKEN_CLS" : "SEQ_CLS" : null, null, null, saved);
    }

    private static boolean isZero(float[] values) {
        for (float value : values) {
            if (value != 0) {
                return false;
            }
        }
        return true;
    }

    private static List<String> labels(Path config, Map<?, ?> ids) throws FileFormatException {
        String[] labels = new String[ids.size()];
        for (Map.Entry<?, ?> each : ids.entrySet()) {
            if (!(each.getValue() instanceof Integer id) || id < 0 || id >= labels.length || labels[id] != null) {
                throw new FileFormatException(config, "'label2id' does not number the labels from 0");
            }
            labels[id] = each.getKey().toString();
        }
        return List.of(labels);
    }

    private Path found(String name, String pickle) throws FileFormatException {
        Path path = folder.resolve(name);
        if (Files.exists(path)) {
            return path;
        }
        throw new FileFormatException(
                folder,
                "holds no " + name
                        + (Files.exists(folder.resolve(pickle))
                                ? "; " + pickle
                                        + " is a Python pickle, which can run any code when it is read: load it in"
                                        + " Python and save it again with save_adapter(..., use_safetensors=True),"
                                        + " or a prefix, which that cannot save, as docs/train.md shows"
                                : "; AdapterHub's library writes it with save_adapter(..., use_safetensors=True)"));
    }

    private FileFormatException wrong(String key, Object value, String allowed) {
        return new FileFormatException(file, "'" + key + "' is " + Names.brief(value) + "; allowed: " + allowed);
    }
}
