package dev.graft.transformer.model.architecture;

import dev.graft.autograd.AttentionShape;
import dev.graft.autograd.Var;
import dev.graft.transformer.model.architecture.Pass.BlockInput;
import java.util.List;

/**
 * Attention with its output projection: of a sequence over itself, or over the output of an encoder.
 *
 * @param block the sub-layer's site
 * @param fused query, key and value in one projection, whose parts are the next three; or null
 * @param query projection of the queries
 * @param key projection of the keys
 * @param value projection of the values
 * @param relative projections of the table of distances, or null where attention knows none
 * @param cache where rows can stand in front of keys and values
 * @param out projection of the result
 * @param queryNorm norm of each head's queries, or null
 * @param keyNorm norm of each head's keys, or null
 * @param epsilon of these norms
 * @param rotary how queries and keys are turned, or null
 * @param distances what its scores know of distances, or null
 * @param shape heads and their sizes
 * @param weightDropout probability to drop an attention weight, in training
 */
public record AttentionBlock(
        ModelSite block,
        ModelSite fused,
        ModelSite query,
        ModelSite key,
        ModelSite value,
        RelativeTable.Sites relative,
        ModelSite cache,
        ModelSite out,
        ModelSite queryNorm,
        ModelSite keyNorm,
        double epsilon,
        RotaryPlan rotary,
        DistanceTable distances,
        AttentionShape shape,
        double weightDropout) {
    /**
     * Reads x [tokens, hidden] and returns residual + attention, [tokens, hidden].
     *
     * @param memory what keys and values are made of, or null: then it is x, or what the pass remembers of it
     */
    Var apply(Pass pass, BlockInput input, Var memory) {
        Var mixed = pass.remembers(cache)
                ? pass.attention(cache, pass.linear(query, input.x()), null, null, shape, distances, weightDropout)
                : mix(pass, input.x(), memory == null ? input.x() : memory);
        return pass.linearIntoResidual(out, block, mixed, input);
    }

    /** The same modules with another place for rows in front of keys and values. */
    AttentionBlock with(ModelSite otherCache) {
        return new AttentionBlock(
                block,
                fused,
                query,
                key,
                value,
                relative,
                otherCache,
                out,
                queryNorm,
                keyNorm,
                epsilon,
                rotary,
                distances,
                shape,
                weightDropout);
    }

    private Var mix(Pass pass, Var x, Var source) {
        if (fused == null) {
            Var q = placed(pass, queryNorm, pass.linear(query, x));
            Var k = placed(pass, keyNorm, pass.linear(key, source));
            Var v = pass.linear(value, source);
            if (relative != null) {
                return pass.relativeAttention(this, q, k, v);
            }
            return pass.attention(cache, q, k, v, shape, distances, weightDropout);
        }
        if (queryNorm != null || rotary != null) {
            throw new IllegalStateException("parts of " + fused + " are neither normalised nor turned");
        }
        List<Var> parts = pass.fused(fused, List.of(query, key, value), x);
        return pass.attention(cache, parts.get(0), parts.get(1), parts.get(2), shape, distances, weightDropout);
    }

    /** Queries or keys with their norm, turned to their positions. */
    private Var placed(Pass pass, ModelSite norm, Var x) {
        Var y = norm == null ? x : pass.headNorm(norm, x, epsilon);
        return rotary == null ? y : pass.rotate(cache.side(), rotary, y);
    }
}
