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
 * @param after a second norm, on the result before it is added; or null
 * @param queryNorm norm of each head's queries, or null
 * @param keyNorm norm of each head's keys, or null
 */
public record AttentionNames(
        String block,
        String cache,
        String fused,
        String query,
        String key,
        String value,
        String out,
        String norm,
        String after,
        String queryNorm,
        String keyNorm) {
    /** A sub-layer with one norm. */
    public AttentionNames(
            String block, String cache, String fused, String query, String key, String value, String out, String norm) {
        this(block, cache, fused, query, key, value, out, norm, null, null, null);
    }
}
