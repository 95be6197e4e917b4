package dev.graft.training.compare;

/**
 * What a training run took.
 *
 * @param trainSeconds wall time of training, without evaluation
 * @param millisPerStep mean over the steps
 * @param tokensPerSecond real tokens, without padding
 * @param peakMemoryMib most memory that the process held
 * @param adapterBytes size of the adapter's file
 */
public record Cost(
        double trainSeconds, double millisPerStep, double tokensPerSecond, double peakMemoryMib, long adapterBytes) {}
