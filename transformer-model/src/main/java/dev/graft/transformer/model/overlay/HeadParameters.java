package dev.graft.transformer.model.overlay;

/**
 * The trained tensors of a classifier.
 *
 * @param dense [hidden, hidden] of a projection in front, or null
 * @param denseBias [hidden], or null
 * @param weight [labels, hidden], or null without a classifier
 * @param bias [labels], or null
 */
public record HeadParameters(
        AdapterParameter dense, AdapterParameter denseBias, AdapterParameter weight, AdapterParameter bias) {
    /** No classifier. */
    public static final HeadParameters NONE = new HeadParameters(null, null, null, null);

    /** True if there is a classifier. */
    public boolean exists() {
        return weight != null;
    }
}
