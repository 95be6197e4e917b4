package dev.graft.cli;

import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.spi.SettingsException;
import dev.graft.peft.spi.Site;
import dev.graft.peft.spi.file.AdapterFiles;
import dev.graft.peft.spi.file.AdapterRecord;
import dev.graft.peft.spi.file.Json;
import dev.graft.peft.spi.file.SafetensorsFile;
import dev.graft.peft.spi.file.TensorEntry;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.AdapterFolder;
import dev.graft.transformer.model.AdapterReport;
import dev.graft.transformer.model.BaseDtype;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.DtypeLoss;
import dev.graft.transformer.model.ModelConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** What files say, in words. */
final class Inspection {
    private Inspection() {}

    /**
     * A base.
     *
     * @param dtype how its matrices are to be kept; null: as they are, and nothing is measured
     */
    static Map<String, Object> base(Path directory, BaseDtype dtype) throws IOException {
        Map<String, Object> found = base(directory);
        if (dtype != null) {
            DtypeLoss loss = DtypeLoss.of(directory, dtype);
            found.put("base_dtype", dtype.label());
            found.put("matrix_bytes", loss.bytes());
            found.put("matrix_bytes_as_f32", loss.floatBytes());
            found.put("weight_error", words(loss.weights()));
            found.put("output_error", words(loss.outputs()));
        }
        return found;
    }

    private static Map<String, Object> words(DtypeLoss.Difference difference) {
        Map<String, Object> words = new LinkedHashMap<>();
        words.put("max", difference.most());
        words.put("mean", difference.mean());
        words.put("relative", difference.relative());
        return words;
    }

    private static Map<String, Object> base(Path directory) throws IOException {
        try (BaseModel base = BaseModel.open(directory)) {
            ModelConfig config = base.config();
            Map<String, Object> found = new LinkedHashMap<>();
            found.put("kind", "base");
            found.put("directory", directory.toString());
            found.put("family", config.modelType());
            found.put("parameters", base.shape().parameters());
            found.put("layers", config.layers());
            found.put("hidden_size", config.hiddenSize());
            found.put("attention_heads", config.attentionHeads());
            found.put("intermediate_size", config.intermediateSize());
            found.put("vocabulary_size", config.vocabularySize());
            found.put("max_positions", config.maxPositions());
            found.put("activation", config.activation());
            found.put("pooling", base.pooling());
            found.put("classifier_labels", base.labels());
            Map<String, Object> sites = new TreeMap<>();
            for (Site site : base.shape().sites()) {
                sites.merge(site.slot().name(), 1, (a, b) -> (int) a + (int) b);
            }
            found.put("sites", base.shape().sites().size());
            found.put("sites_by_slot", sites);
            found.put("fingerprint", base.fingerprint());
            found.put("tokenizer_hash", base.tokenizer().hash());
            return found;
        }
    }

    /**
     * An adapter.
     *
     * @param base directory of its base, or null: without it nothing is said about sites
     * @param methods that are installed; its own may be missing
     */
    static Map<String, Object> adapter(Path folder, Path base, PeftMethods methods) throws IOException {
        AdapterRecord record = AdapterFiles.read(folder);
        long count = record.tensors().values().stream()
                .mapToLong(tensor -> tensor.values().length)
                .sum();
        Map<String, Object> found = new LinkedHashMap<>();
        found.put("kind", "adapter");
        found.put("directory", folder.toString());
        found.put("method", record.method());
        found.put("installed", isInstalled(methods, record));
        found.put("settings", record.settings());
        found.put("tensors", record.tensors().size());
        found.put("parameters", count);
        found.put("share_of_base", null);
        found.put("labels", record.notes().labels());
        found.put("seed", record.notes().seed());
        found.put("max_length", record.notes().maxLength());
        found.put("base_model", record.peft().baseModel());
        found.put("base_fingerprint", record.notes().baseFingerprint());
        found.put("data_hash", record.notes().dataHash());
        found.put("graft_version", record.notes().version());
        if (base != null) {
            places(found, record, count, folder, base, methods);
        }
        return found;
    }

    /** False for a method of somebody else's that needs {@code --plugins}. */
    private static boolean isInstalled(PeftMethods methods, AdapterRecord record) {
        String id = AdapterFolder.id(methods, record);
        try {
            return id.equals(Adapter.HEAD) || id.equals(Adapter.FULL) || methods.get(id) != null;
        } catch (SettingsException e) {
            return false;
        }
    }

    /** Where it acts, and how far the weights there change. */
    private static void places(
            Map<String, Object> found,
            AdapterRecord record,
            long count,
            Path folder,
            Path directory,
            PeftMethods methods)
            throws IOException {
        try (BaseModel base = BaseModel.open(directory)) {
            String made = record.notes().baseFingerprint();
            if (made != null && !made.equals(base.fingerprint())) {
                throw new SettingsException("--base is " + directory + ", but the adapter was trained on the base with "
                        + "fingerprint " + made);
            }
            try (Adapter adapter = AdapterFolder.load(base, methods, folder).adapter()) {
                found.put("share_of_base", (double) count / base.shape().parameters());
                InspectedPlaces.put(found, AdapterReport.of(base, adapter));
            }
        }
    }

    static Map<String, Object> run(Path folder) throws IOException {
        Map<String, Object> record = Json.read(folder.resolve("run.json"));
        Map<String, Object> found = new LinkedHashMap<>();
        found.put("kind", "run");
        found.put("directory", folder.toString());
        found.put("state", record.containsKey("finished") ? "finished" : "cut off; go on with --resume");
        if (record.get("trainable") instanceof Number trained
                && record.get("base") instanceof Map<?, ?> base
                && base.get("parameters") instanceof Number all) {
            found.put("share_of_base", trained.doubleValue() / all.doubleValue());
        }
        found.putAll(record);
        return found;
    }

    static Map<String, Object> tensors(Path path) throws IOException {
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            Map<String, Object> tensors = new LinkedHashMap<>();
            long count = 0;
            for (String name : file.names()) {
                TensorEntry entry = file.entry(name);
                tensors.put(name, entry.dtype() + " " + Arrays.toString(entry.shape()));
                count += entry.length();
            }
            Map<String, Object> found = new LinkedHashMap<>();
            found.put("kind", "safetensors");
            found.put("file", path.toString());
            found.put("parameters", count);
            found.put("metadata", file.metadata());
            found.put("tensors", tensors);
            return found;
        }
    }
}
