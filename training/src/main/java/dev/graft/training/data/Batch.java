package dev.graft.training.data;

import java.util.List;

/**
 * The rows of one step.
 *
 * @param epoch pass over the data, from 0
 * @param index of the step in the epoch, from 0
 * @param microBatches row numbers, cut into the parts that are computed one after another or on several threads; their
 *     number and order are part of a run's identity
 */
public record Batch(int epoch, int index, List<int[]> microBatches) {
    /** Number of rows. */
    public int rows() {
        return microBatches.stream().mapToInt(part -> part.length).sum();
    }
}
