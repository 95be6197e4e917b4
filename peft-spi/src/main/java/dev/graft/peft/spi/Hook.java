package dev.graft.peft.spi;

import dev.graft.autograd.Var;

/**
 * What a method does at one site. Hooks are shared by all threads and requests: they keep no state between calls.
 *
 * <p>Values at a site are [tokens, width]: the tokens of the {@linkplain Context#sequences() sequences} that use this
 * adapter, one sequence after another. Behind the last sequence may stand a few rows that nothing reads; what a hook
 * makes of them does not matter, as long as there are as many.
 */
public interface Hook {
    /** Changes nothing. */
    Hook NONE = new Hook() {};

    /**
     * Replaces the input of a site. At {@link Slot#CACHE}: x is [key-value heads, 0, head size], and the result holds
     * the key rows of one sequence, [key-value heads, rows, head size].
     *
     * @param x [tokens, input size]
     * @return [tokens, input size]; x itself where nothing changes
     */
    default Var before(Context context, Var x) {
        return x;
    }

    /**
     * Replaces the output of a site. At {@link Slot#EMBEDDING} it is called for each sequence, and the result may have
     * {@link #rows} more rows, in front. At {@link Slot#CACHE}: x holds the key rows, and the result the value rows.
     *
     * @param x [tokens, input size], what {@link #before} returned
     * @param y [tokens, output size], what the base computed
     * @return [tokens, output size]; y itself where nothing changes
     */
    default Var after(Context context, Var x, Var y) {
        return y;
    }

    /** Rows that this hook puts in front of a sequence, at {@link Slot#EMBEDDING} and {@link Slot#CACHE} only. */
    default int rows(Context context) {
        return 0;
    }
}
