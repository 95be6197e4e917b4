package dev.graft.transformer.model.architecture;

import dev.graft.autograd.Var;
import dev.graft.peft.spi.Side;
import java.util.List;

/**
 * Embeddings and layers of an encoder or a decoder.
 *
 * @param embedding tokens to vectors
 * @param relative embeddings of distances, or null
 * @param layers in order
 * @param norm behind the last layer, or null
 * @param epsilon of that norm
 * @param endDropout behind it, in training
 */
public record Stack(
        Embedding embedding,
        RelativeTable relative,
        List<Layer> layers,
        ModelSite norm,
        double epsilon,
        double endDropout) {
    private String end() {
        return embedding.words().side() == Side.DECODER ? "decoder end" : "end";
    }

    /**
     * The hidden states of the last layer, [tokens, hidden].
     *
     * @param memory the encoder's hidden states, or null without an encoder or where a cache has their keys
     */
    public Var apply(Pass pass, Var memory) {
        Var x = embedding.apply(pass);
        if (relative != null) {
            pass.distances(relative);
        }
        for (Layer layer : layers) {
            pass.run(layer.run());
            x = layer.apply(pass, x, memory);
        }
        pass.run(0);
        Var normed = norm == null ? x : pass.norm(norm, x, epsilon);
        return pass.dropout(end(), normed, endDropout);
    }
}
