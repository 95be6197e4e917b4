package dev.graft.peft.spi;

import dev.graft.autograd.Sequences;
import dev.graft.autograd.Var;
import java.util.function.Supplier;

/**
 * One forward pass as a hook sees it. It belongs to the thread that computes and is invalid afterwards.
 */
public interface Context {
    /** The value of a declared tensor in this pass. */
    Var use(Parameter parameter);

    /** A frozen tensor of the base, to compute with; it never gets a gradient. */
    Var frozen(FrozenTensor tensor);

    /** A constant; values in row-major order. */
    Var constant(float[] values, long... shape);

    /** True in training: then {@link #dropout} acts. */
    boolean training();

    /** Drops elements in training; the mask is a function of seed, step, micro-batch, site and element. */
    Var dropout(Var x, double probability);

    /** Where the sequences of this adapter's rows begin and end in the site's values. */
    Sequences sequences();

    /** Token ids of these sequences, one after another. */
    int[] tokenIds();

    /** Positions of these tokens. */
    int[] positions();

    /** At block sites: what will be added to the block's output, [tokens, hidden]. */
    Var residual();

    /** At block sites: the frozen norm that follows the addition; the identity in pre-norm models. */
    Var norm(Var value);

    /** Computes something once a pass and keeps it, for instance an encoder that all layers share. */
    <T> T once(Object key, Supplier<T> supplier);
}
