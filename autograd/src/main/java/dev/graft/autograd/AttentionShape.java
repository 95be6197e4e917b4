package dev.graft.autograd;

/**
 * The sizes of an attention layer.
 *
 * @param heads heads of the queries
 * @param keyValueHeads heads of keys and values; each serves heads / keyValueHeads query heads
 * @param headSize features of a head
 * @param scale factor on the scores, usually 1 / sqrt(head size)
 * @param causal true if a query sees no later key; the last query sees the last key
 */
public record AttentionShape(int heads, int keyValueHeads, int headSize, double scale, boolean causal) {
    /** Checks the sizes. */
    public AttentionShape {
        if (heads <= 0 || keyValueHeads <= 0 || headSize <= 0 || heads % keyValueHeads != 0) {
            throw new IllegalArgumentException(
                    heads + " heads of size " + headSize + " cannot share " + keyValueHeads + " key-value heads");
        }
    }
}
