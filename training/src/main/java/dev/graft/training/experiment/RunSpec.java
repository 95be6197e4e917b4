package dev.graft.training.experiment;

/**
 * One training run of an experiment.
 *
 * @param variant what is trained
 * @param rate its learning rate
 * @param seed its seed
 */
record RunSpec(Variant variant, double rate, long seed) {}
