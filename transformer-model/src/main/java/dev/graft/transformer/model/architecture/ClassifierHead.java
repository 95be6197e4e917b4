package dev.graft.transformer.model.architecture;

import dev.graft.transformer.model.weights.FrozenWeight;

/**
 * How a model classifies, with the checkpoint's own weights if it has any.
 *
 * @param plan names and switches
 * @param pooling what is read of a sequence
 * @param pooler the frozen projection behind {@link Pooling#POOLER}, or null
 * @param dense [hidden, hidden], or null
 * @param denseBias [hidden], or null
 * @param weight [labels, hidden], or null
 * @param bias [labels], or null
 */
public record ClassifierHead(
        HeadPlan plan,
        Pooling pooling,
        ModelSite pooler,
        FrozenWeight dense,
        FrozenWeight denseBias,
        FrozenWeight weight,
        FrozenWeight bias) {
    /** True if the checkpoint has a classifier of its own. */
    public boolean own() {
        return weight != null;
    }
}
