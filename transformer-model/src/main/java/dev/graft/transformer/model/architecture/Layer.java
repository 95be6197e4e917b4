package dev.graft.transformer.model.architecture;

import dev.graft.autograd.Scope;
import dev.graft.autograd.Var;
import dev.graft.transformer.model.architecture.Pass.BlockInput;

/**
 * A post-norm layer (Vaswani et al. 2017): x = norm(x + attention(x)); x = norm(x + feed-forward(x)).
 *
 * @param attention the first sub-layer
 * @param attentionNorm the norm behind it
 * @param mlp the second sub-layer
 * @param mlpNorm the norm behind it
 * @param end the end of the layer
 * @param epsilon of both norms
 * @param dropout on the output of both sub-layers, in training
 */
public record Layer(
        AttentionBlock attention,
        ModelSite attentionNorm,
        MlpBlock mlp,
        ModelSite mlpNorm,
        ModelSite end,
        double epsilon,
        double dropout) {
    /** [tokens, hidden] to [tokens, hidden]; what it leaves behind is freed. */
    public Var apply(Pass pass, Var x) {
        try (Scope scope = pass.scope()) {
            Var read = pass.blockInput(attention.block(), x);
            Var mixed = attention.apply(pass, new BlockInput(read, x, dropout, attentionNorm, epsilon));
            Var middle = pass.norm(attentionNorm, mixed, epsilon);
            Var input = pass.blockInput(mlp.block(), middle);
            Var fed = mlp.apply(pass, new BlockInput(input, middle, dropout, mlpNorm, epsilon));
            return scope.keep(pass.endOfLayer(end, pass.norm(mlpNorm, fed, epsilon)));
        }
    }
}
