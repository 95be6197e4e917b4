package dev.graft.transformer.model.architecture;

import dev.graft.transformer.model.weights.FrozenWeight;

/**
 * How a model classifies tokens, with the checkpoint's own weights if it has any.
 *
 * @param plan names and switches
 * @param weight [labels, hidden], or null
 * @param bias [labels], or null
 */
public record TokenHead(HeadPlan.Tokens plan, FrozenWeight weight, FrozenWeight bias) {
    /** True if the checkpoint has a classifier of tokens of its own. */
    public boolean own() {
        return weight != null;
    }
}
