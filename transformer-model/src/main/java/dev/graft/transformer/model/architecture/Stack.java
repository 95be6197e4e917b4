package dev.graft.transformer.model.architecture;

import dev.graft.autograd.Var;
import java.util.List;

/**
 * Embeddings and layers of an encoder or a decoder.
 *
 * @param embedding tokens to vectors
 * @param layers in order
 * @param norm behind the last layer, or null
 * @param epsilon of that norm
 */
public record Stack(Embedding embedding, List<Layer> layers, ModelSite norm, double epsilon) {
    /**
     * The hidden states of the last layer, [tokens, hidden].
     *
     * @param memory the encoder's hidden states, or null without an encoder or where a cache has their keys
     */
    public Var apply(Pass pass, Var memory) {
        Var x = embedding.apply(pass);
        for (Layer layer : layers) {
            x = layer.apply(pass, x, memory);
        }
        return norm == null ? x : pass.norm(norm, x, epsilon);
    }
}
