package dev.graft.training;

import dev.graft.autograd.CrossEntropy;
import dev.graft.training.metric.Classification;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.Classifier;
import dev.graft.transformer.model.LanguageModel;
import dev.graft.transformer.model.TokenClassifier;
import dev.graft.transformer.model.overlay.TokenRow;
import java.util.List;

/** Evaluates classifiers and language models on labelled rows. */
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
        Classification measured = new Classification(classes);
        float[][] logits = classifier.logits(rows, adapter);
        for (int i = 0; i < logits.length; i++) {
            measured.add(logits[i], labels[i]);
        }
        return Evaluation.of(measured);
    }

    /**
     * Accuracy, macro F1 and loss over the tokens that have a class.
     *
     * @param adapter or null for the base's own classifier
     * @param classes number of classes
     */
    public static Evaluation evaluate(TokenClassifier classifier, List<TokenRow> rows, Adapter adapter, int classes) {
        Classification measured = new Classification(classes);
        measure(classifier, rows, adapter, measured);
        return Evaluation.of(measured);
    }

    static void measure(TokenClassifier classifier, List<TokenRow> rows, Adapter adapter, Classification measured) {
        float[][][] logits = classifier.logits(rows, adapter);
        for (int i = 0; i < logits.length; i++) {
            int[] labels = rows.get(i).labels();
            for (int j = 0; j < labels.length; j++) {
                if (labels[j] != CrossEntropy.IGNORED) {
                    measured.add(logits[i][j], labels[j]);
                }
            }
        }
    }

    /** How well the labelled tokens of rows are predicted, with an adapter or null for the bare base. */
    public static Evaluation evaluate(LanguageModel model, List<TokenRow> rows, Adapter adapter) {
        TokenScores scores = new TokenScores();
        model.score(rows, adapter).forEach(scores::add);
        return scores.evaluation();
    }

    /** Mean cross entropy of rows. */
    static double loss(float[][] logits, int[] labels) {
        double loss = 0;
        for (int i = 0; i < logits.length; i++) {
            loss += Classification.loss(logits[i], labels[i]);
        }
        return loss / logits.length;
    }
}
