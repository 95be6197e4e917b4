package dev.graft.cli;

import dev.graft.peft.spi.SettingsException;
import dev.graft.training.EncodedRows;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.AdapterFolder;
import dev.graft.transformer.model.BaseModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which classifier: an adapter on its base, or a base with a classifier of its own. */
final class ClassifierOptions {
    @Mixin
    private BaseOptions base;

    @Mixin
    private PluginOptions plugins;

    @Option(
            names = "--adapter",
            paramLabel = "DIR",
            description = "An adapter or a run's folder (default: the base's own classifier).")
    private Path adapter;

    @Option(
            names = "--max-length",
            paramLabel = "N",
            description =
                    "Most tokens of a row; longer ones are cut, and counted (default: as in training, else as many "
                            + "as the base reads).")
    private Integer maxLength;

    /**
     * An open classifier.
     *
     * @param adapter or null for the base's own
     * @param labels in the order of the logits
     * @param origin of the labels, for messages
     */
    record Opened(BaseModel base, Adapter adapter, List<String> labels, int maxLength, String origin)
            implements AutoCloseable {
        @Override
        public void close() {
            if (adapter != null) {
                adapter.close();
            }
            base.close();
        }
    }

    /** Opens base and adapter to classify. */
    Opened open() throws IOException {
        return open(true);
    }

    /** Opens base and adapter to classify the tokens of texts. */
    Opened openForTokens() throws IOException {
        Opened opened = open(true, true);
        Adapter with = opened.adapter();
        if (with != null && !with.labels().isEmpty() && !with.perToken()) {
            opened.close();
            throw new SettingsException("the rows have tokens, but the adapter in " + adapter
                    + " was not trained to classify tokens; give rows with text, or another adapter");
        }
        return opened;
    }

    /** Opens base and adapter to generate, or to classify: then there must be labels. */
    Opened open(boolean classify) throws IOException {
        Opened opened = open(classify, false);
        if (opened.adapter() != null && opened.adapter().perToken()) {
            opened.close();
            throw new SettingsException(
                    "the adapter in " + adapter + " classifies tokens; give rows with tokens instead of text");
        }
        return opened;
    }

    private Opened open(boolean classify, boolean tokens) throws IOException {
        BaseModel opened = base.open();
        try {
            if (!classify && !opened.config().generates()) {
                throw new SettingsException("the base in " + opened.directory() + " is of the family "
                        + opened.config().modelType() + ", which predicts no tokens; take one such as GPT-2 or BART");
            }
            return adapter == null
                    ? new Opened(
                            opened,
                            null,
                            classify ? labels(opened, tokens) : List.of(),
                            length(opened, null, null),
                            "the base")
                    : adapted(opened, AdapterFolder.load(opened, plugins.methods(), adapter), classify, tokens);
        } catch (IOException | RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    private Opened adapted(BaseModel opened, AdapterFolder.Stored stored, boolean classify, boolean tokens) {
        Adapter loaded = stored.adapter();
        try {
            List<String> labels = loaded.labels().isEmpty() && classify ? labels(opened, tokens) : loaded.labels();
            return new Opened(
                    opened,
                    loaded,
                    labels,
                    length(opened, loaded, stored.notes().maxLength()),
                    "the adapter");
        } catch (RuntimeException e) {
            loaded.close();
            throw e;
        }
    }

    private static List<String> labels(BaseModel opened, boolean tokens) {
        List<String> labels = tokens ? opened.tokenLabels() : opened.labels();
        if (labels.isEmpty()) {
            throw new SettingsException("the base in " + opened.directory() + " has no classifier "
                    + (tokens ? "of tokens " : "") + "of its own; give an "
                    + "adapter that was trained for classification with --adapter");
        }
        return labels;
    }

    private int length(BaseModel opened, Adapter loaded, Integer inTraining) {
        int most = EncodedRows.mostTokens(opened, loaded);
        int length = maxLength != null ? maxLength : inTraining != null ? inTraining : most;
        if (length < 3 || length > most) {
            throw new SettingsException("--max-length is " + length + "; allowed: 3 to " + most);
        }
        return length;
    }
}
