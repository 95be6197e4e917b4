package dev.graft.transformer.model.architecture;

/**
 * How a family names the modules of a feed-forward sub-layer, below the layer's path.
 *
 * @param block the sub-layer's module
 * @param up first projection
 * @param down second projection
 * @param norm the sub-layer's norm: behind it, or in front of it in pre-norm models
 */
public record MlpNames(String block, String up, String down, String norm) {}
