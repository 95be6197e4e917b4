package dev.graft.training.plan;

import java.util.List;

/** Names of classes that nobody named. */
public final class LabelNames {
    private LabelNames() {}

    /**
     * The names of classes: those of the data where the model has only numbered ones, as many, such as transformers
     * gives; else the model's.
     */
    public static List<String> of(List<String> model, List<String> data) {
        for (int i = 0; i < model.size(); i++) {
            if (!model.get(i).equals("LABEL_" + i)) {
                return model;
            }
        }
        return model.size() == data.size() ? data : model;
    }
}
