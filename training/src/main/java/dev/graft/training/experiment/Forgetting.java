package dev.graft.training.experiment;

import dev.graft.peft.spi.SettingsException;
import dev.graft.training.EncodedRows;
import dev.graft.training.Evaluator;
import dev.graft.training.data.DataSet;
import dev.graft.training.data.GenerationData;
import dev.graft.training.data.Split;
import dev.graft.training.plan.DataSource;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.LanguageModel;
import dev.graft.transformer.model.Workers;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a base forgets by training: its loss on general text, before and with the adapter. */
final class Forgetting {
    private Forgetting() {}

    /**
     * The text.
     *
     * @throws SettingsException if it has labels, or the base predicts no tokens
     */
    static GenerationData read(String source, BaseModel base) throws IOException {
        if (!base.config().generates()) {
            throw new SettingsException("forgetting is measured by the loss on text, but this "
                    + base.config().modelType() + " predicts no tokens; allowed: a base that does, such as GPT-2");
        }
        DataSet data = DataSource.read(source, "completions");
        if (data instanceof GenerationData texts) {
            return texts.withLossOnEverything();
        }
        throw new SettingsException("forgetting.data is " + source + ", whose rows have labels; allowed: a folder with "
                + "prompts and completions, whose test rows are read whole");
    }

    /** Mean loss of a token of the test rows, without and with the adapter, and how much it rose. */
    static Map<String, Object> figures(
            GenerationData texts, BaseModel base, Adapter adapter, int length, Workers workers) {
        double before = loss(texts, base, null, length, workers);
        double after = loss(texts, base, adapter, length, workers);
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("general_loss_before", before);
        figures.put("general_loss_after", after);
        figures.put("forgetting", after - before);
        return figures;
    }

    private static double loss(GenerationData texts, BaseModel base, Adapter adapter, int length, Workers workers) {
        EncodedRows rows = EncodedRows.of(base, adapter, texts, Split.TEST, length);
        return Evaluator.evaluate(new LanguageModel(base, workers), rows.rows(), adapter)
                .loss();
    }
}
