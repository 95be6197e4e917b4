package dev.graft.transformer.model.architecture;

/**
 * How the layers of a stack differ from those of most families.
 *
 * @param dropsAttention true if the attention's output is dropped out in training
 * @param dropsMlp true if the feed-forward output is
 * @param sharing which layers are one module, or null if each is its own
 * @param relative what attention knows of distances, or null if nothing
 */
public record LayerLayout(boolean dropsAttention, boolean dropsMlp, Sharing sharing, RelativePlan relative) {
    /** A module for each layer, dropout on the output of both sub-layers, attention that knows no distance. */
    public static final LayerLayout PLAIN = new LayerLayout(true, true, null, null);

    /**
     * Layers that are run several times (Lan et al. 2019, section 3.1): neighbouring ones are a group, and a group is some
     * inner layers, which each of its layers runs in turn.
     *
     * @param groups number of groups
     * @param inner layers of a group
     */
    public record Sharing(int groups, int inner) {
        /** The group of a layer. */
        int group(int layer, int layers) {
            return (int) (layer / ((double) layers / groups));
        }
    }

    /** Passes through the layers of a stack. */
    int runs(int layers) {
        return sharing == null ? layers : layers * sharing.inner();
    }
}
