package dev.graft.transformer.model.architecture;

/**
 * How a family names the modules of an attention sub-layer, below the layer's path.
 *
 * @param block the sub-layer's module
 * @param cache the module that holds keys and values; rows in front of them are its
 * @param fused query, key and value in one projection, or null where each has its own
 * @param query projection of the queries; with a fused projection the name of its part
 * @param key projection of the keys, likewise
 * @param value projection of the values, likewise
 * @param out projection of the result
 * @param norm the sub-layer's norm: behind it, or in front of it in pre-norm models
 */
public record AttentionNames(
        String block, String cache, String fused, String query, String key, String value, String out, String norm) {}
