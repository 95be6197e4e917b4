package dev.graft.transformer.model.architecture;

import dev.graft.autograd.Var;
import dev.graft.transformer.model.architecture.Pass.BlockInput;

/**
 * The feed-forward sub-layer.
 *
 * @param block the sub-layer's site
 * @param gate the projection that gates the first one, or null: then the activation is on the first one itself
 * @param up first projection
 * @param down second projection
 * @param activation by its name in config.json
 * @param dropout behind the activation, in training
 */
public record MlpBlock(
        ModelSite block, ModelSite gate, ModelSite up, ModelSite down, String activation, double dropout) {
    /** Reads x [tokens, hidden] and returns residual + feed-forward, [tokens, hidden]. */
    Var apply(Pass pass, BlockInput input) {
        return pass.feedForward(this, input);
    }
}
