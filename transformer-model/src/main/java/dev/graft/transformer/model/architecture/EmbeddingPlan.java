package dev.graft.transformer.model.architecture;

/**
 * How tokens become vectors; names are below the model's root.
 *
 * @param words module of the word embeddings
 * @param tables names that the table of words may have in a checkpoint, first choice first
 * @param scale factor on the words, usually 1
 * @param positions module of the learned positions
 * @param positionOffset rows of that table in front of the first position
 * @param types module of the token types, or null
 * @param typeCount number of token types
 * @param norm module of the norm behind the sum, or null
 * @param dropout behind it, in training
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
        double dropout) {
    /** Copies the list. */
    public EmbeddingPlan {
        tables = java.util.List.copyOf(tables);
    }
}
