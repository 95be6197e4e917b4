package dev.graft.transformer.model.architecture;

import java.util.List;

/**
 * How a stack differs from BERT's: its norms, its biases, and what its attention knows of positions.
 *
 * @param norms of all its norms
 * @param inputBias true if queries, keys and values have biases
 * @param outBias true if the attention's output has one
 * @param mlpBias true if feed-forward projections have
 * @param scale factor on the scores; 0 for the usual one
 * @param cap soft cap of the scores, or 0
 * @param windows for each layer, most keys that a query sees, 0 for all; empty if no layer has a window
 * @param rotary how queries and keys are turned, or null
 * @param distances what scores of the self attention know of distances, or null
 * @param endDropout behind the norm behind the last layer, in training
 */
public record StackStyle(
        NormKind norms,
        boolean inputBias,
        boolean outBias,
        boolean mlpBias,
        double scale,
        double cap,
        List<Integer> windows,
        RotaryPlan rotary,
        DistancePlan distances,
        double endDropout) {
    /** Layer norms, biases everywhere, and attention that knows no positions. */
    public static final StackStyle PLAIN =
            new StackStyle(NormKind.LAYER, true, true, true, 0, 0, List.of(), null, null, 0);

    /** Copies the list. */
    public StackStyle {
        windows = List.copyOf(windows);
    }

    /** Most keys that a query of a layer sees; 0 for all. */
    int window(int layer) {
        return windows.isEmpty() ? 0 : windows.get(layer);
    }

    /** The same with another dropout at the end, if it has one. */
    StackStyle withDropout(double every) {
        double end = endDropout == 0 ? 0 : every;
        return new StackStyle(norms, inputBias, outBias, mlpBias, scale, cap, windows, rotary, distances, end);
    }
}
