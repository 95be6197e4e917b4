package dev.graft.training.compare;

/**
 * How good a trained adapter is; shares from 0 to 1.
 *
 * @param accuracy on the test rows
 * @param macroF1 on the test rows
 * @param validationAccuracy on the validation rows
 */
public record Quality(double accuracy, double macroF1, double validationAccuracy) {
    /** Refuses what is no share. */
    public Quality {
        Figures.checkShare("accuracy", accuracy);
        Figures.checkShare("macro F1", macroF1);
        Figures.checkShare("validation accuracy", validationAccuracy);
    }
}
