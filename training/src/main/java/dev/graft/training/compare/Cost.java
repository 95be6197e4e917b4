package dev.graft.training.compare;

/**
 * What a training run took, and what its adapter takes in use.
 *
 * @param trainSeconds wall time of training, without evaluation
 * @param millisPerStep mean over the steps
 * @param tokensPerSecond real tokens, without padding
 * @param peakMemoryMib most memory that the process held in the run, the base and the JVM included; negative where the system does not say
 * @param adapterBytes size of the adapter's file
 * @param latencyMillis median wall time of classifying one row alone, from its token ids
 */
public record Cost(
        double trainSeconds,
        double millisPerStep,
        double tokensPerSecond,
        double peakMemoryMib,
        long adapterBytes,
        double latencyMillis) {
    /** Refuses what cannot be measured. */
    public Cost {
        Figures.checkAmount("training seconds", trainSeconds);
        Figures.checkAmount("milliseconds a step", millisPerStep);
        Figures.checkAmount("tokens a second", tokensPerSecond);
        Figures.checkAmount("adapter bytes", adapterBytes);
        Figures.checkAmount("latency", latencyMillis);
        Figures.checkAmount("peak memory", Math.abs(peakMemoryMib));
    }
}
