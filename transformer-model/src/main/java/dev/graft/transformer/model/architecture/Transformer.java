package dev.graft.transformer.model.architecture;

import dev.graft.autograd.Var;
import dev.graft.peft.spi.ModelShape;
import dev.graft.transformer.model.weights.FrozenWeight;
import java.util.List;

/**
 * A Transformer: embeddings, layers and the projection for classification, all frozen.
 *
 * @param shape sizes and sites
 * @param embedding tokens to vectors
 * @param layers in order
 * @param pooler projection of the first token before a classifier, or null: then the mean of the tokens is pooled
 * @param classifierWeight [labels, hidden] of the checkpoint's own classifier, or null
 * @param classifierBias [labels], or null
 * @param classifierDropout before the classifier, in training
 * @param weights every weight, in the order of the checkpoint
 */
public record Transformer(
        ModelShape shape,
        Embedding embedding,
        List<Layer> layers,
        ModelSite pooler,
        FrozenWeight classifierWeight,
        FrozenWeight classifierBias,
        double classifierDropout,
        List<FrozenWeight> weights) {
    /** The hidden states of the last layer, [tokens, hidden]. */
    public Var encode(Pass pass) {
        Var x = embedding.apply(pass);
        for (Layer layer : layers) {
            x = layer.apply(pass, x);
        }
        return x;
    }
}
