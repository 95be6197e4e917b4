package dev.graft.training.compare;

/**
 * A run that gave no result.
 *
 * @param method id of the method
 * @param seed of the run
 * @param reason why, for the reader
 */
public record FailedRun(String method, long seed, String reason) {}
