package dev.graft.transformer.model.architecture;

import dev.graft.autograd.AttentionShape;
import dev.graft.autograd.Scope;
import dev.graft.autograd.Sequences;
import dev.graft.autograd.Var;
import dev.graft.transformer.model.weights.FrozenWeight;

/**
 * One forward pass as the layers see it: they say which site they are at, and the pass computes it with whatever hooks
 * the adapters put there. A layer never knows of an adapter.
 */
public interface Pass {
    /** A weight of the base on this pass's tape. */
    Var weight(FrozenWeight weight);

    /** A linear site: x Wᵀ + b with its hooks. */
    Var linear(ModelSite site, Var x);

    /** A linear site whose result is dropped out and added to a residual; fused where no hook stands between. */
    Var linearIntoResidual(ModelSite site, ModelSite block, Var x, BlockInput input);

    /** A norm site: scale and shift with their hooks. */
    Var norm(ModelSite site, Var x, double epsilon);

    /** Word embeddings of all tokens with their hooks, which may put rows in front of each sequence. */
    Var embed(ModelSite site);

    /** What enters a sub-layer. */
    Var blockInput(ModelSite block, Var x);

    /** The end of a layer, with its hooks. */
    Var endOfLayer(ModelSite site, Var x);

    /** Attention of each sequence, with the rows that hooks put in front of keys and values. */
    Var attention(ModelSite cache, Var q, Var k, Var v, AttentionShape shape, double dropout);

    /** Dropout of the base itself, in training. */
    Var dropout(String place, Var x, double probability);

    /** Where the sequences lie, after hooks lengthened them. */
    Sequences sequences();

    /** Positions of all tokens, counted from 0 in each sequence. */
    int[] positions();

    /** Token types of all tokens; rows in front of a text are of type 0. */
    int[] tokenTypes();

    /** Frees what a layer leaves behind. */
    Scope scope();

    /**
     * What a sub-layer started from.
     *
     * @param x what the sub-layer reads
     * @param residual what its output is added to
     * @param dropout probability on its output
     * @param following the norm behind the addition, or null in pre-norm models
     * @param epsilon of that norm
     */
    record BlockInput(Var x, Var residual, double dropout, ModelSite following, double epsilon) {}
}
