package dev.graft.peft.spi;

import java.util.List;

/**
 * The sizes of a base and its sites. Immutable: it may be kept and used by any thread.
 *
 * @param modelType the family, as config.json names it
 * @param hiddenSize features of a token
 * @param layers number of layers; of the longer stack, if there are two
 * @param attentionHeads heads of the queries; of the decoder, if there are two stacks
 * @param keyValueHeads heads of keys and values
 * @param headSize features of a head
 * @param vocabularySize number of tokens known
 * @param maxPositions most tokens of a sequence
 * @param parameters number of frozen weights
 * @param sites all sites, in the order of the forward pass
 * @param headModules paths of the classifier's own linear modules: they are trained whole, and are no sites
 */
public record ModelShape(
        String modelType,
        int hiddenSize,
        int layers,
        int attentionHeads,
        int keyValueHeads,
        int headSize,
        int vocabularySize,
        int maxPositions,
        long parameters,
        List<Site> sites,
        List<String> headModules) {
    /** Copies the lists. */
    public ModelShape {
        sites = List.copyOf(sites);
        headModules = List.copyOf(headModules);
    }
}
