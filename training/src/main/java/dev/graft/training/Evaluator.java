package dev.graft.training;

import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.Classifier;
import dev.graft.transformer.model.overlay.TokenRow;
import java.util.List;

/** Evaluates a classifier on labelled rows. */
public final class Evaluator {
    private Evaluator() {}

    /**
     * Accuracy, macro F1 and loss.
     *
     * @param labels class numbers, one a row
     * @param adapter or null for the base's own classifier
     * @param classes number of classes
     */
    public static Evaluation evaluate(
            Classifier classifier, List<TokenRow> rows, int[] labels, Adapter adapter, int classes) {
        float[][] logits = classifier.logits(rows, adapter);
        int[] predicted = new int[logits.length];
        double loss = 0;
        int right = 0;
        for (int i = 0; i < logits.length; i++) {
            predicted[i] = Logits.best(logits[i]);
            right += predicted[i] == labels[i] ? 1 : 0;
            loss -= Math.log(Logits.softmax(logits[i])[labels[i]]);
        }
        return new Evaluation(labels.length, (double) right / labels.length, 0, loss / labels.length);
    }
}
