package dev.graft.peft.spi;

import dev.graft.autograd.Sequences;
import dev.graft.autograd.Var;
import java.util.function.Supplier;

/**
 * One forward pass as a hook sees it. It belongs to the thread that computes and is invalid afterwards: neither it nor
 * a {@link Var} of it may be kept. Rows are those of the adapter's own sequences; nothing here shows another adapter's.
 */
public interface Context {
    /**
     * The value of a declared tensor in this pass, on the tape: in training with a gradient if it is trained. Any
     * number of times; a derived tensor is computed the first time.
     *
     * @param parameter that this adapter's injection declared, at any site
     * @return of the parameter's shape; not to be written
     */
    Var use(Parameter parameter);

    /**
     * A frozen tensor of the base, to compute with; it never gets a gradient.
     *
     * @param tensor of a site of this base
     * @return of the tensor's shape; nothing is copied
     */
    Var frozen(FrozenTensor tensor);

    /**
     * A constant.
     *
     * @param values in row-major order; copied
     * @param shape with as many elements
     * @throws IllegalArgumentException if the numbers differ
     */
    Var constant(float[] values, long... shape);

    /** True in training: then {@link #dropout} acts. */
    boolean training();

    /**
     * Drops elements in training and scales the others by 1 / (1 - probability); the mask is a function of seed, step,
     * micro-batch, site, number of the call at this site, and element.
     *
     * @param x any shape
     * @param probability from 0 to below 1
     * @return x itself outside training and for 0
     */
    Var dropout(Var x, double probability);

    /**
     * Where the sequences of this adapter's rows begin and end in the site's values, rows that hooks put in front
     * included; at {@link Slot#EMBEDDING} and {@link Slot#CACHE} the one sequence that the call is about. In decoding
     * with kept keys and values a sequence is what this pass adds to it.
     */
    Sequences sequences();

    /**
     * Token ids of the texts of these sequences, one after another: rows that hooks put in front have none, and there
     * are none of padding.
     *
     * @return a copy
     */
    int[] tokenIds();

    /**
     * Positions of these tokens in the model, from 0: they go on in decoding, and begin behind the {@linkplain
     * Hook#positions() positions} that hooks take in front of the text.
     *
     * @return a copy, as long as {@link #tokenIds()}
     */
    int[] positions();

    /**
     * At block sites: what will be added to the block's output, [tokens, hidden].
     *
     * @throws IllegalStateException at other sites
     */
    Var residual();

    /**
     * At block sites: the frozen norm that follows the addition; the identity in pre-norm models and at other sites.
     *
     * @param value [tokens, hidden]
     * @return [tokens, hidden]
     */
    Var norm(Var value);

    /**
     * Computes something once a pass and adapter and keeps it to the pass's end, for instance an encoder that all
     * layers share.
     *
     * @param key compared by {@code equals} with this adapter's other keys
     * @param supplier called at the first use of the key; an exception leaves nothing behind
     * @param <T> of the value
     * @return what the supplier gave
     */
    <T> T once(Object key, Supplier<T> supplier);
}
