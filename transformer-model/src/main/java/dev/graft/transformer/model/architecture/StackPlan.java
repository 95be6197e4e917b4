package dev.graft.transformer.model.architecture;

/**
 * One stack of layers in numbers and names; names are below the model's root.
 *
 * @param embedding in front of the layers
 * @param layer path of a layer, with {@code %d} for its number, or for its group's and its own where layers are shared
 * @param layers number of layers
 * @param heads heads of the queries
 * @param keyValueHeads heads of keys and values
 * @param headSize features of a head
 * @param inner features inside the feed-forward sub-layer
 * @param activation inside the feed-forward sub-layer, by its name in config.json
 * @param self names of the self attention
 * @param cross names of the attention over the encoder's output, or null
 * @param mlp names of the feed-forward sub-layer
 * @param preNorm true if norms stand in front of the sub-layers
 * @param norm module of the norm behind the last layer, or null
 * @param transposed true if linear weights lie as [in, out] in the checkpoint
 * @param inverseLayerScale true if scores of layer i are divided by i + 1
 * @param scaled true if scores are divided by the square root of the head's size
 * @param epsilon of the norms
 * @param dropout on the output of sub-layers, in training; -1 in families that have none
 * @param attentionDropout on attention weights, in training
 * @param activationDropout behind the activation, in training
 * @param style how it differs from BERT's
 * @param layout how its layers differ from those of most families
 */
public record StackPlan(
        EmbeddingPlan embedding,
        String layer,
        int layers,
        int heads,
        int keyValueHeads,
        int headSize,
        int inner,
        String activation,
        AttentionNames self,
        AttentionNames cross,
        MlpNames mlp,
        boolean preNorm,
        String norm,
        boolean transposed,
        boolean inverseLayerScale,
        boolean scaled,
        double epsilon,
        double dropout,
        double attentionDropout,
        double activationDropout,
        StackStyle style,
        LayerLayout layout) {
    /** A stack of another style, whose layers are each a module of their own. */
    public StackPlan(
            EmbeddingPlan embedding,
            String layer,
            int layers,
            int heads,
            int keyValueHeads,
            int headSize,
            int inner,
            String activation,
            AttentionNames self,
            AttentionNames cross,
            MlpNames mlp,
            boolean preNorm,
            String norm,
            boolean transposed,
            boolean inverseLayerScale,
            boolean scaled,
            double epsilon,
            double dropout,
            double attentionDropout,
            double activationDropout,
            StackStyle style) {
        this(
                embedding,
                layer,
                layers,
                heads,
                keyValueHeads,
                headSize,
                inner,
                activation,
                self,
                cross,
                mlp,
                preNorm,
                norm,
                transposed,
                inverseLayerScale,
                scaled,
                epsilon,
                dropout,
                attentionDropout,
                activationDropout,
                style,
                LayerLayout.PLAIN);
    }

    /** A stack as BERT's. */
    public StackPlan(
            EmbeddingPlan embedding,
            String layer,
            int layers,
            int heads,
            int keyValueHeads,
            int headSize,
            int inner,
            String activation,
            AttentionNames self,
            AttentionNames cross,
            MlpNames mlp,
            boolean preNorm,
            String norm,
            boolean transposed,
            boolean inverseLayerScale,
            boolean scaled,
            double epsilon,
            double dropout,
            double attentionDropout,
            double activationDropout) {
        this(
                embedding,
                layer,
                layers,
                heads,
                keyValueHeads,
                headSize,
                inner,
                activation,
                self,
                cross,
                mlp,
                preNorm,
                norm,
                transposed,
                inverseLayerScale,
                scaled,
                epsilon,
                dropout,
                attentionDropout,
                activationDropout,
                StackStyle.PLAIN,
                LayerLayout.PLAIN);
    }

    /** The same stack with one dropout everywhere. */
    StackPlan withDropout(double every) {
        return new StackPlan(
                embedding.withDropout(every),
                layer,
                layers,
                heads,
                keyValueHeads,
                headSize,
                inner,
                activation,
                self,
                cross,
                mlp,
                preNorm,
                norm,
                transposed,
                inverseLayerScale,
                scaled,
                epsilon,
                dropout < 0 ? dropout : every,
                every,
                activationDropout == 0 ? 0 : every,
                style.withDropout(every),
                layout);
    }

    /** The same stack with other layers. */
    public StackPlan with(LayerLayout other) {
        return new StackPlan(
                embedding,
                layer,
                layers,
                heads,
                keyValueHeads,
                headSize,
                inner,
                activation,
                self,
                cross,
                mlp,
                preNorm,
                norm,
                transposed,
                inverseLayerScale,
                scaled,
                epsilon,
                dropout,
                attentionDropout,
                activationDropout,
                style,
                other);
    }
}
