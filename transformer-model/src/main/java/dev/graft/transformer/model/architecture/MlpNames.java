package dev.graft.transformer.model.architecture;

/**
 * How a family names the modules of a feed-forward sub-layer, below the layer's path.
 *
 * @param block the sub-layer's module
 * @param gate the projection that gates the first one behind the activation, or null
 * @param up first projection
 * @param down second projection
 * @param norm the sub-layer's norm: behind it, or in front of it in pre-norm models
 * @param after a second norm, on the result before it is added; or null
 */
public record MlpNames(String block, String gate, String up, String down, String norm, String after) {
    /** A sub-layer without a gate and with one norm. */
    public MlpNames(String block, String up, String down, String norm) {
        this(block, null, up, down, norm, null);
    }
}
