package dev.graft.training.compare;

/**
 * Loss of one training step.
 *
 * @param step from 1
 * @param loss mean over the step's rows
 */
public record LossPoint(long step, double loss) {}
