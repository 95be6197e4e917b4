package dev.graft.transformer.model.architecture;

import dev.graft.autograd.AttentionShape;
import dev.graft.autograd.Var;
import dev.graft.transformer.model.architecture.Pass.BlockInput;

/**
 * Self attention with its output projection.
 *
 * @param block the sub-layer's site
 * @param query projection of the queries
 * @param key projection of the keys
 * @param value projection of the values
 * @param cache where rows can stand in front of keys and values
 * @param out projection of the result
 * @param shape heads and their sizes
 * @param weightDropout probability to drop an attention weight, in training
 */
public record AttentionBlock(
        ModelSite block,
        ModelSite query,
        ModelSite key,
        ModelSite value,
        ModelSite cache,
        ModelSite out,
        AttentionShape shape,
        double weightDropout) {
    /** Reads x [tokens, hidden] and returns residual + attention, [tokens, hidden]. */
    Var apply(Pass pass, BlockInput input) {
        Var x = input.x();
        Var q = pass.linear(query, x);
        Var k = pass.linear(key, x);
        Var v = pass.linear(value, x);
        Var mixed = pass.attention(cache, q, k, v, shape, weightDropout);
        return pass.linearIntoResidual(out, block, mixed, input);
    }
}
