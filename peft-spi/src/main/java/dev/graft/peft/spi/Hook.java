package dev.graft.peft.spi;

import dev.graft.autograd.Var;
import java.util.List;

/**
 * What a method does at one site. Hooks are shared by all threads and requests: they keep no state between calls.
 *
 * <p>They are called on the threads that compute: {@code before} and then {@code after}, once a forward pass and
 * adapter, more often where the base runs a site more than once or an entry says so. A backward pass calls nothing: it
 * follows from the operations of {@link Var}. The same arguments give the same result, bit for bit. An exception ends
 * the pass, and with it the request or the training run.
 *
 * <p>Values at a site are [tokens, width]: the tokens of the {@linkplain Context#sequences() sequences} that use this
 * adapter, one sequence after another. Behind the last sequence may stand a few rows that nothing reads; what a hook
 * makes of them does not matter, as long as there are as many.
 */
public interface Hook {
    /** Changes nothing. */
    Hook NONE = new Hook() {};

    /**
     * Replaces the input of a site. At {@link Slot#CACHE} it is called for each sequence: x is [0, key-value heads *
     * head size], and the result holds the key rows in front of it, [rows, key-value heads * head size]. Sequences that
     * get the same value, from {@link Context#once}, share it: nothing is copied. In decoding with kept keys and values
     * it is called for the prompt's pass only.
     *
     * @param context the pass; not to be kept
     * @param x [tokens, input size]
     * @return [tokens, input size]; x itself where nothing changes
     */
    default Var before(Context context, Var x) {
        return x;
    }

    /**
     * Replaces the output of a site. At {@link Slot#EMBEDDING} it is called for each sequence, and the result may have
     * {@link #positions} more rows, in front; in decoding with kept keys and values for the prompt's pass only. At
     * {@link Slot#CACHE}: x holds the key rows, and the result the value rows.
     *
     * @param context the pass; not to be kept
     * @param x [tokens, input size], what {@link #before} returned
     * @param y [tokens, output size], what the base computed
     * @return [tokens, output size]; y itself where nothing changes
     */
    default Var after(Context context, Var x, Var y) {
        return y;
    }

    /**
     * Positions that this hook takes in front of every sequence: its text begins behind them, and has as many less of
     * the model's positions. At {@link Slot#EMBEDDING} the number of rows that are put in front; at {@link Slot#CACHE}
     * the number of rows, or 0 if the text keeps its positions; elsewhere 0.
     *
     * <p>Called any number of times, on any thread.
     *
     * @return never changes, and is not negative. A text that is longer than the positions left is refused
     */
    default int positions() {
        return 0;
    }

    /**
     * The products of narrow matrices by which this hook changes the weight of a linear site, so that adapters can be
     * combined as sums of such products; empty for none. Asked when adapters are combined, never in a pass.
     */
    default List<LowRankTerm> lowRank() {
        return List.of();
    }
}
