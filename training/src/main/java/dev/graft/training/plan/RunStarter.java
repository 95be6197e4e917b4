package dev.graft.training.plan;

import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.spi.SettingsException;
import dev.graft.peft.spi.file.Hashes;
import dev.graft.training.data.ClassificationData;
import dev.graft.training.data.DataSet;
import dev.graft.training.data.Split;
import dev.graft.training.data.TokenData;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.AdapterFolder;
import dev.graft.transformer.model.BaseModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Makes the adapter of a run from a method with its settings, or from an adapter that brings both. */
final class RunStarter {
    private static final String TENSORS = "adapter_model.safetensors";

    private final BaseModel base;
    private final PeftMethods methods;
    private final DataSet data;
    private final String method;
    private final Map<String, Object> settings;
    private final Path initAdapter;
    private final Path onAdapter;

    RunStarter(BaseModel base, PeftMethods methods, RunOrigin origin, DataSet data) {
        this.base = base;
        this.methods = methods;
        this.data = data;
        method = origin.method();
        settings = origin.settings();
        initAdapter = origin.initAdapter();
        onAdapter = origin.onAdapter();
    }

    /** Makes or loads the adapter. */
    RunStart start(long seed) throws IOException {
        if (initAdapter != null) {
            if (onAdapter != null) {
                throw new SettingsException("--init-adapter " + initAdapter + " and --on-adapter " + onAdapter
                        + " were both given; the first is trained on, the second stays as it is: give one");
            }
            return load();
        }
        if (method == null) {
            throw new SettingsException("--method is missing; allowed: " + String.join(", ", methods.ids()) + ", "
                    + Adapter.HEAD + ", " + Adapter.FULL + "; or give --init-adapter");
        }
        if (method.equals(Adapter.HEAD) && data.labels().isEmpty()) {
            throw new SettingsException("--method head trains a classifier, but the data has prompts and completions; "
                    + "allowed with it: " + String.join(", ", methods.ids()) + ", " + Adapter.FULL);
        }
        if (onAdapter != null) {
            return stack(seed);
        }
        boolean perToken = data instanceof TokenData;
        Adapter adapter = Adapter.create(base, methods, method, settings, data.labels(), perToken, seed);
        return new RunStart(adapter, data, null, null, method);
    }

    /** The labels are the data's; where the lower adapter has the same ones, in its order. */
    private RunStart stack(long seed) throws IOException {
        try (Adapter below = AdapterFolder.load(base, methods, onAdapter).adapter()) {
            DataSet ordered = Set.copyOf(data.labels()).equals(Set.copyOf(below.labels()))
                    ? inOrderOf(below, onAdapter, data)
                    : data;
            boolean perToken = data instanceof TokenData;
            Adapter adapter =
                    Adapter.createOn(base, methods, below, method, settings, ordered.labels(), perToken, seed);
            return new RunStart(adapter, ordered, null, Hashes.sha256(onAdapter.resolve(TENSORS)), method);
        }
    }

    private RunStart load() throws IOException {
        Adapter adapter = AdapterFolder.load(base, methods, initAdapter).adapter();
        try {
            check(adapter);
            String hash = Hashes.sha256(initAdapter.resolve(TENSORS));
            DataSet ordered = data.labels().isEmpty() ? data : inOrderOf(adapter, initAdapter, data);
            if (data.labels().isEmpty() && !adapter.labels().isEmpty()) {
                throw new SettingsException("the adapter in " + initAdapter + " classifies, but the data has prompts "
                        + "and completions; give texts with labels, or an adapter that was trained for generation");
            }
            return new RunStart(adapter, ordered, hash, null, adapter.method());
        } catch (IOException | RuntimeException e) {
            adapter.close();
            throw e;
        }
    }

    private void check(Adapter adapter) {
        if (method != null && !method.equals(adapter.method())) {
            throw new SettingsException("--method is " + method + ", but the adapter in " + initAdapter + " is of "
                    + adapter.method() + "; leave --method out");
        }
        Map<String, Object> own = adapter.settings();
        settings.forEach((key, value) -> {
            if (!own.containsKey(key)) {
                throw new SettingsException(
                        "--set " + key + " is unknown to the adapter in " + initAdapter + "; its settings: " + own);
            }
            if (!normal(value).equals(normal(own.get(key)))) {
                throw new SettingsException("--set " + key + " is " + value + ", but the adapter in " + initAdapter
                        + " has " + own.get(key) + " and brings all its settings; leave it out");
            }
        });
    }

    /** One form for values that mean the same: 8 and 8.0, a text with commas and a list. */
    private static String normal(Object value) {
        if (value instanceof Number number) {
            return Double.toString(number.doubleValue());
        }
        if (value instanceof String text) {
            return normal(Arrays.asList(text.split("\\s*,\\s*")));
        }
        return String.valueOf(value);
    }

    private static DataSet inOrderOf(Adapter adapter, Path folder, DataSet data) {
        if (data.labels().isEmpty()) {
            return data;
        }
        List<String> labels = LabelNames.of(adapter.labels(), data.labels());
        for (String label : data.labels()) {
            if (!labels.contains(label)) {
                throw new SettingsException("the data has the label '" + label + "', which the adapter in "
                        + folder + " does not know; its labels: "
                        + (labels.isEmpty() ? "none, it has no classifier" : String.join(", ", labels)));
            }
        }
        if (data instanceof TokenData words) {
            return words.inOrderOf(labels);
        }
        ClassificationData rows = (ClassificationData) data;
        return new ClassificationData(
                labels, rows.rows(Split.TRAIN), rows.rows(Split.VALIDATION), rows.rows(Split.TEST));
    }
}
