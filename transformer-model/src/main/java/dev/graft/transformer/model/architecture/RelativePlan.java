package dev.graft.transformer.model.architecture;

/**
 * Disentangled attention (He et al. 2021, equation 2): scores depend on the distance of query and key through a table of
 * embeddings that all layers share; names are below the model's root, those of projections below the layer's path.
 *
 * @param table module of the embeddings, [2 * span, hidden]
 * @param norm module of the norm on the table, or null
 * @param span distances on each side of 0 that have a row
 * @param buckets rows for distances, beyond half of which distances share rows; or 0 where each has its own
 * @param longest the distance of the last row
 * @param key projection of the rows that meet queries (content to position), or null without
 * @param query projection of the rows that meet keys (position to content), or null without
 * @param shared true if the text's own projections are used for the table as well
 */
public record RelativePlan(
        String table, String norm, int span, int buckets, int longest, String key, String query, boolean shared) {}
