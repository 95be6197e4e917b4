package dev.graft.transformer.model.architecture;

import dev.graft.autograd.DistanceBias;
import dev.graft.transformer.model.weights.FrozenWeight;

/**
 * What a stack's attention knows of distances.
 *
 * @param table [buckets, heads]
 * @param plan of the buckets
 * @param bothSides true if later keys are seen and have buckets of their own
 */
public record DistanceTable(FrozenWeight table, DistancePlan plan, boolean bothSides) {
    /**
     * The buckets of all distances up to a length.
     *
     * @param length most positions that a sequence takes, with the rows in front of it
     */
    public DistanceBias bias(int length) {
        int[] buckets = new int[2 * length + 1];
        for (int i = 0; i < buckets.length; i++) {
            buckets[i] = plan.bucket(i - length, bothSides);
        }
        return new DistanceBias(buckets, -length);
    }
}
