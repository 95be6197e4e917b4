package dev.graft.training;

/**
 * How well a classifier does on labelled rows.
 *
 * @param rows number of rows
 * @param accuracy share of rows whose highest logit is their label's
 * @param macroF1 mean over classes of the harmonic mean of precision and recall
 * @param loss mean cross entropy
 */
public record Evaluation(int rows, double accuracy, double macroF1, double loss) {}
