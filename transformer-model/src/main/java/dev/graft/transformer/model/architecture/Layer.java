package dev.graft.transformer.model.architecture;

import dev.graft.autograd.Scope;
import dev.graft.autograd.Var;
import dev.graft.transformer.model.architecture.Pass.BlockInput;

/**
 * A layer (Vaswani et al. 2017): self attention, attention over an encoder's output in a decoder that has one, and
 * feed-forward, each x = norm(x + block(x)), or x = x + block(norm(x)) in pre-norm models (Xiong et al. 2020).
 *
 * @param attention the first sub-layer
 * @param cross attention over the encoder's output, or null
 * @param mlp the last sub-layer
 * @param end the end of the layer
 * @param preNorm where norms stand
 * @param epsilon of the norms
 * @param run how often the same modules ran before, in models that share them
 */
public record Layer(
        Sub<AttentionBlock> attention,
        Sub<AttentionBlock> cross,
        Sub<MlpBlock> mlp,
        ModelSite end,
        boolean preNorm,
        double epsilon,
        int run) {
    /**
     * A sub-layer and its norm.
     *
     * @param block what it computes
     * @param norm behind it, or in front of it
     * @param dropout on its output, in training
     * @param after on its result before that is added, or null
     */
    public record Sub<B>(B block, ModelSite norm, double dropout, ModelSite after) {}

    /** The same modules as another layer, with a place of its own for rows in front of its keys. */
    Layer again(int newRun, ModelSite cache) {
        Sub<AttentionBlock> first =
                new Sub<>(attention.block().with(cache), attention.norm(), attention.dropout(), attention.after());
        return new Layer(first, cross, mlp, end, preNorm, epsilon, newRun);
    }

    private interface Computation {
        Var apply(BlockInput input);
    }

    /**
     * [tokens, hidden] to [tokens, hidden]; what it leaves behind is freed.
     *
     * @param memory the encoder's output, or null
     */
    public Var apply(Pass pass, Var x, Var memory) {
        try (Scope scope = pass.scope()) {
            AttentionBlock first = attention.block();
            Var y = sub(pass, first.block(), attention, x, input -> first.apply(pass, input, null));
            if (cross != null) {
                AttentionBlock over = cross.block();
                y = sub(pass, over.block(), cross, y, input -> over.apply(pass, input, memory));
            }
            MlpBlock last = mlp.block();
            y = sub(pass, last.block(), mlp, y, input -> last.apply(pass, input));
            return scope.keep(pass.endOfLayer(end, y));
        }
    }

    private Var sub(Pass pass, ModelSite block, Sub<?> sub, Var x, Computation computation) {
        ModelSite norm = sub.norm();
        Var read = pass.blockInput(block, preNorm ? pass.norm(norm, x, epsilon) : x);
        Var y = computation.apply(new BlockInput(read, x, sub.dropout(), preNorm ? null : norm, epsilon, sub.after()));
        return preNorm ? y : pass.norm(norm, y, epsilon);
    }
}
