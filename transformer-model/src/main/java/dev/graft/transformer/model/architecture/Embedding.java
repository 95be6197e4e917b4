package dev.graft.transformer.model.architecture;

import dev.graft.autograd.Scope;
import dev.graft.autograd.Var;
import dev.graft.transformer.model.weights.FrozenWeight;

/**
 * Word, position and token-type embeddings, their norm and dropout.
 *
 * @param words the site of the word embeddings; its weight is the table [vocabulary, hidden]
 * @param positions table [positions, hidden]
 * @param tokenTypes table [types, hidden], or null
 * @param norm the norm behind the sum
 * @param epsilon of the norm
 * @param dropout behind the norm, in training
 */
public record Embedding(
        ModelSite words,
        FrozenWeight positions,
        FrozenWeight tokenTypes,
        ModelSite norm,
        double epsilon,
        double dropout) {
    /** The embedded tokens, [tokens, hidden]. */
    public Var apply(Pass pass) {
        try (Scope scope = pass.scope()) {
            Var x = pass.embed(words);
            x = x.add(pass.weight(positions).gather(pass.positions()));
            if (tokenTypes != null) {
                x = x.add(pass.weight(tokenTypes).gather(pass.tokenTypes()));
            }
            return scope.keep(pass.dropout("embeddings", pass.norm(norm, x, epsilon), dropout));
        }
    }
}
