package dev.graft.transformer.model.architecture;

/**
 * How tokens become vectors; names are below the model's root.
 *
 * @param words module of the word embeddings
 * @param tables names that the table of words may have in a checkpoint, first choice first
 * @param scale factor on the words, usually 1
 * @param positions module of the learned positions, or null
 * @param positionOffset rows of that table in front of the first position
 * @param types module of the token types, or null
 * @param typeCount number of token types
 * @param norm module of the norm behind the sum, or null
 * @param dropout behind it, in training; -1 in families that have none
 * @param wholeScale factor on words and on rows that hooks put in front of them, usually 1
 * @param unplaced token that takes no position and stands in the row in front of the first one, or -1
 * @param projection from a narrower table to the hidden size, or null where the table is as wide
 */
public record EmbeddingPlan(
        String words,
        java.util.List<String> tables,
        double scale,
        String positions,
        int positionOffset,
        String types,
        int typeCount,
        String norm,
        double dropout,
        double wholeScale,
        int unplaced,
        Projection projection) {
    /**
     * A linear projection behind the dropout, of embeddings that are narrower than the hidden states.
     *
     * @param module its path below the model's root
     * @param width features of an embedding
     */
    public record Projection(String module, int width) {}

    /** Copies the list. */
    public EmbeddingPlan {
        tables = java.util.List.copyOf(tables);
    }

    /** Embeddings as wide as the hidden states. */
    public EmbeddingPlan(
            String words,
            java.util.List<String> tables,
            double scale,
            String positions,
            int positionOffset,
            String types,
            int typeCount,
            String norm,
            double dropout) {
        this(words, tables, scale, positions, positionOffset, types, typeCount, norm, dropout, 1, -1, null);
    }

    /** The same with a projection behind the dropout. */
    public EmbeddingPlan with(Projection other) {
        return new EmbeddingPlan(
                words,
                tables,
                scale,
                positions,
                positionOffset,
                types,
                typeCount,
                norm,
                dropout,
                wholeScale,
                unplaced,
                other);
    }

    /** The same with a token that takes no position. */
    public EmbeddingPlan unplaced(int token) {
        return new EmbeddingPlan(
                words,
                tables,
                scale,
                positions,
                positionOffset,
                types,
                typeCount,
                norm,
                dropout,
                wholeScale,
                token,
                projection);
    }

    /** Features of an embedding in a model of this hidden size. */
    int width(int hidden) {
        return projection == null ? hidden : projection.width();
    }

    /** The same with another dropout. */
    EmbeddingPlan withDropout(double other) {
        return new EmbeddingPlan(
                words,
                tables,
                scale,
                positions,
                positionOffset,
                types,
                typeCount,
                norm,
                dropout < 0 ? dropout : other,
                wholeScale,
                unplaced,
                projection);
    }
}
