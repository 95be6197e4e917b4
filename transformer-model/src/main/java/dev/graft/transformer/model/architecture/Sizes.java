package dev.graft.transformer.model.architecture;

/**
 * The numbers of an encoder, as config.json has them.
 *
 * @param vocabularySize rows of the word embeddings
 * @param hiddenSize features of a token
 * @param layers number of layers
 * @param attentionHeads heads of a layer
 * @param intermediateSize features inside the feed-forward sub-layer
 * @param activation inside the feed-forward sub-layer, by its name
 * @param maxPositions most tokens of a sequence
 * @param tokenTypes rows of the token-type table; 0 for none
 * @param epsilon of the norms
 * @param hiddenDropout on embeddings and on the output of sub-layers
 * @param attentionDropout on attention weights
 * @param classifierDropout before a classifier
 */
public record Sizes(
        int vocabularySize,
        int hiddenSize,
        int layers,
        int attentionHeads,
        int intermediateSize,
        String activation,
        int maxPositions,
        int tokenTypes,
        double epsilon,
        double hiddenDropout,
        double attentionDropout,
        double classifierDropout) {
    /** Features of a head. */
    public int headSize() {
        return hiddenSize / attentionHeads;
    }
}
