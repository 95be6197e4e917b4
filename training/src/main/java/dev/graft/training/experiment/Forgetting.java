package dev.graft.training.experiment;

import dev.graft.peft.spi.SettingsException;
import dev.graft.peft.spi.file.AtomicFiles;
import dev.graft.peft.spi.file.Json;
import dev.graft.training.EncodedRows;
import dev.graft.training.Evaluator;
import dev.graft.training.data.GenerationData;
import dev.graft.training.data.Split;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.LanguageModel;
import dev.graft.transformer.model.Workers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a base forgets by training: its mean loss of a token of general text, before and with the adapter. The test rows
 * of the text are read whole; it is kept in the run's folder.
 */
final class Forgetting {
    private static final String FILE = "forgetting.json";
    private static final String OF = "data_sha256";

    private final GenerationData texts;
    private final int length;

    private Forgetting(GenerationData texts, int length) {
        this.texts = texts;
        this.length = length;
    }

    /**
     * The text that an experiment names.
     *
     * @param length most tokens of a row
     * @throws SettingsException if its rows have labels
     */
    static Forgetting open(Experiment experiment, Lab lab, int length) throws IOException {
        DataPart part = experiment.forgetting();
        if (DataRows.read(part, lab.folder().resolve("data")).data() instanceof GenerationData data) {
            return new Forgetting(data.withLossOnEverything(), length);
        }
        throw new SettingsException("forgetting.data is " + part.source() + ", whose rows have labels; allowed: a "
                + "folder with prompts and completions, whose test rows are read");
    }

    /**
     * Refuses a base that has no such loss.
     *
     * @throws SettingsException if the base predicts no tokens
     */
    static void check(BaseModel base) {
        if (!base.config().generates()) {
            throw new SettingsException("forgetting is measured by the loss on text, but a "
                    + base.config().modelType() + " predicts no tokens; allowed: a base that does, such as GPT-2");
        }
    }

    /** What was found before for a run; null if nothing was, or on another text. */
    Map<String, Object> read(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        if (!Files.exists(file)) {
            return null;
        }
        Map<String, Object> found = new LinkedHashMap<>(Json.read(file));
        return texts.hash().equals(found.remove(OF)) ? found : null;
    }

    /** Measures it and keeps it in a run's folder. */
    Map<String, Object> measure(BaseModel base, Adapter adapter, Workers workers, Path folder) throws IOException {
        double before = loss(base, null, workers);
        double after = loss(base, adapter, workers);
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("general_loss_before", before);
        figures.put("general_loss_after", after);
        figures.put("forgetting", after - before);
        Map<String, Object> kept = new LinkedHashMap<>(figures);
        kept.put(OF, texts.hash());
        AtomicFiles.write(folder.resolve(FILE), Json.pretty(kept) + "\n");
        return figures;
    }

    private double loss(BaseModel base, Adapter adapter, Workers workers) {
        EncodedRows rows = EncodedRows.of(base, adapter, texts, Split.TEST, length);
        return Evaluator.evaluate(new LanguageModel(base, workers), rows.rows(), adapter)
                .loss();
    }
}
