package dev.graft.transformer.model.architecture;

import dev.graft.autograd.AttentionShape;
import dev.graft.autograd.Scope;
import dev.graft.autograd.Var;
import dev.graft.peft.spi.Side;
import dev.graft.transformer.model.weights.FrozenWeight;
import java.util.List;

/**
 * One forward pass as the layers see it: they say which site they are at, and the pass computes it with whatever hooks
 * the adapters put there. A layer never knows of an adapter, nor of a cache.
 */
public interface Pass {
    /** A weight of the base on this pass's tape. */
    Var weight(FrozenWeight weight);

    /** A linear site: x Wᵀ + b with its hooks. */
    Var linear(ModelSite site, Var x);

    /** A fused projection with its hooks and those of its parts; returns the parts, each [tokens, its width]. */
    List<Var> fused(ModelSite site, List<ModelSite> parts, Var x);

    /** A linear site whose result is dropped out and added to a residual; fused where no hook stands between. */
    Var linearIntoResidual(ModelSite site, ModelSite block, Var x, BlockInput input);

    /** A feed-forward sub-layer and its residual; fused where no hook and nothing trained is inside. */
    Var feedForward(MlpBlock mlp, BlockInput input);

    /** A norm site: scale and shift with their hooks. */
    Var norm(ModelSite site, Var x, double epsilon);

    /** A norm site that normalises each head of [tokens, heads * head size] by itself. */
    Var headNorm(ModelSite site, Var x, double epsilon);

    /** Queries or keys [tokens, heads * head size] of a stack, turned by their positions. */
    Var rotate(Side side, RotaryPlan rotary, Var x);

    /**
     * Word embeddings of all tokens, times a factor, with their hooks, which may put rows in front of each sequence.
     *
     * @param table whose hooks act on each token's row, in front of the factor
     */
    Var embed(ModelSite table, ModelSite site, double scale);

    /** What enters a sub-layer. */
    Var blockInput(ModelSite block, Var x);

    /** The end of a layer, with its hooks. */
    Var endOfLayer(ModelSite site, Var x);

    /** True if keys and values of this attention are kept from an earlier pass and nothing is added to them. */
    boolean remembers(ModelSite cache);

    /**
     * Attention of each sequence, with the rows that hooks put in front of keys and values, and with those of earlier
     * passes.
     *
     * @param k null, as v, where the pass {@linkplain #remembers remembers} them
     * @param distances what the scores know of distances, or null
     */
    Var attention(ModelSite cache, Var q, Var k, Var v, AttentionShape shape, DistanceTable distances, double dropout);

    /** Makes a table of distances ready for all layers. */
    void distances(RelativeTable table);

    /** Attention of each sequence over itself, whose scores know the distance of query and key. */
    Var relativeAttention(AttentionBlock block, Var q, Var k, Var v);

    /** What follows is the run of this number, from 0, of modules that layers share: its dropout is its own. */
    void run(int number);

    /** Dropout of the base itself, in training. */
    Var dropout(String place, Var x, double probability);

    /** Positions of all tokens that a stack reads. */
    int[] positions(Side side);

    /**
     * Positions of all tokens that a stack reads, where a token takes none and stands at -1. Where hooks put rows in
     * front of a text, all of its tokens take one.
     */
    int[] positionsWithout(Side side, int token);

    /** Token types of all tokens that a stack reads; rows in front of a text are of type 0. */
    int[] tokenTypes(Side side);

    /** Frees what a layer leaves behind. */
    Scope scope();

    /**
     * What a sub-layer started from.
     *
     * @param x what the sub-layer reads
     * @param residual what its output is added to
     * @param dropout probability on its output
     * @param following the norm behind the addition, or null in pre-norm models
     * @param epsilon of these norms
     * @param after the norm in front of the addition, or null
     */
    record BlockInput(Var x, Var residual, double dropout, ModelSite following, double epsilon, ModelSite after) {}
}
