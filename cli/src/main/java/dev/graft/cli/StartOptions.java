package dev.graft.cli;

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
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What training starts from: a method with its settings, or an adapter that brings both. */
final class StartOptions {
    private static final String TENSORS = "adapter_model.safetensors";

    @Option(
            names = "--method",
            paramLabel = "ID",
            description =
                    "A method (see graft methods), or a baseline: head trains the classifier alone, full a copy of "
                            + "the whole base.")
    private String method;

    @Option(
            names = "--init-adapter",
            paramLabel = "DIR",
            description = "Train this adapter on; it brings its method and all settings.")
    private Path initAdapter;

    @Option(
            names = "--on-adapter",
            paramLabel = "DIR",
            description = "Train --method on top of this adapter, which acts too and stays as it is; the result holds "
                    + "both.")
    private Path onAdapter;

    @Mixin
    private MethodSettings settings;

    /**
     * Where a run starts.
     *
     * @param adapter with its first values
     * @param data with its labels in the adapter's order
     * @param origin hash of the tensors that it starts from, or null if they come from the seed
     * @param below hash of the tensors that it stands on, or null
     * @param method whose learning rate counts
     */
    record Start(Adapter adapter, DataSet data, String origin, String below, String method) implements AutoCloseable {
        @Override
        public void close() {
            adapter.close();
        }
    }

    /** Makes or loads the adapter. */
    Start open(BaseModel base, PeftMethods methods, DataSet data, long seed) throws IOException {
        if (initAdapter != null) {
            if (onAdapter != null) {
                throw new SettingsException("--init-adapter " + initAdapter + " and --on-adapter " + onAdapter
                        + " were both given; the first is trained on, the second stays as it is: give one");
            }
            return load(base, methods, data);
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
            return stack(base, methods, data, seed);
        }
        boolean perToken = data instanceof TokenData;
        Adapter adapter = Adapter.create(base, methods, method, settings.values(), data.labels(), perToken, seed);
        return new Start(adapter, data, null, null, method);
    }

    /** The labels are the data's; where the lower adapter has the same ones, in its order. */
    private Start stack(BaseModel base, PeftMethods methods, DataSet data, long seed) throws IOException {
        try (Adapter below = AdapterFolder.load(base, methods, onAdapter).adapter()) {
            DataSet ordered = Set.copyOf(data.labels()).equals(Set.copyOf(below.labels()))
                    ? inOrderOf(below, onAdapter, data)
                    : data;
            boolean perToken = data instanceof TokenData;
            Adapter adapter =
                    Adapter.createOn(base, methods, below, method, settings.values(), ordered.labels(), perToken, seed);
            return new Start(adapter, ordered, null, Hashes.sha256(onAdapter.resolve(TENSORS)), method);
        }
    }

    private Start load(BaseModel base, PeftMethods methods, DataSet data) throws IOException {
        Adapter adapter = AdapterFolder.load(base, methods, initAdapter).adapter();
        try {
            check(adapter);
            String origin = Hashes.sha256(initAdapter.resolve(TENSORS));
            DataSet ordered = data.labels().isEmpty() ? data : inOrderOf(adapter, initAdapter, data);
            if (data.labels().isEmpty() && !adapter.labels().isEmpty()) {
                throw new SettingsException("the adapter in " + initAdapter + " classifies, but the data has prompts "
                        + "and completions; give texts with labels, or an adapter that was trained for generation");
            }
            return new Start(adapter, ordered, origin, null, adapter.method());
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
        settings.values().forEach((key, value) -> {
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
