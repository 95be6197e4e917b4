package dev.graft.autograd;

/**
 * The sizes of an attention layer.
 *
 * @param heads heads of the queries
 * @param keyValueHeads heads of keys and values; each serves heads / keyValueHeads query heads
 * @param headSize features of a head
 * @param scale factor on the scores, usually 1 / sqrt(head size)
 * @param causal true if a query sees no later key; the last query sees the last key
 * @param window most keys that a causal query sees, its own and those just before it; 0 for all
 * @param cap scores s become cap * tanh(s / cap) (Gemma Team 2024, arXiv 2408.00118, section 2); 0 leaves them alone
 */
public record AttentionShape(
        int heads, int keyValueHeads, int headSize, double scale, boolean causal, int window, double cap) {
    /** Checks the sizes. */
    public AttentionShape {
        if (heads <= 0 || keyValueHeads <= 0 || headSize <= 0 || heads % keyValueHeads != 0) {
            throw new IllegalArgumentException(
                    heads + " heads of size " + headSize + " cannot share " + keyValueHeads + " key-value heads");
        }
        if (window < 0 || window > 0 && !causal || !(cap >= 0)) {
            throw new IllegalArgumentException("a window of " + window + " keys and a cap of " + cap
                    + "; allowed: from 0, and a window in causal attention only");
        }
    }

    /** Every earlier key is seen, and scores have no cap. */
    public AttentionShape(int heads, int keyValueHeads, int headSize, double scale, boolean causal) {
        this(heads, keyValueHeads, headSize, scale, causal, 0, 0);
    }
}
