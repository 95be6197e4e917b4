package dev.graft.transformer.model.architecture;

import dev.graft.autograd.Scope;
import dev.graft.autograd.Var;
import dev.graft.peft.spi.Side;
import dev.graft.transformer.model.weights.FrozenWeight;
import java.util.Arrays;

/**
 * Word, position and token-type embeddings, their norm and dropout.
 *
 * @param table the site of the table of words, [vocabulary, width]
 * @param words the site of the word embeddings; its weight is the table [vocabulary, width]
 * @param scale factor on the words
 * @param positions table [offset + positions, width], or null
 * @param offset row of the first position
 * @param unplaced token that stands in front of the first position wherever it is, or -1
 * @param most positions of a text
 * @param tokenTypes table [types, width], or null
 * @param norm the norm behind the sum, or null
 * @param epsilon of the norm
 * @param dropout behind it, in training
 * @param wholeScale factor on words and on rows that hooks put in front of them
 * @param projection from the width to the hidden size, or null
 */
public record Embedding(
        ModelSite table,
        ModelSite words,
        double scale,
        FrozenWeight positions,
        int offset,
        int unplaced,
        int most,
        FrozenWeight tokenTypes,
        ModelSite norm,
        double epsilon,
        double dropout,
        double wholeScale,
        ModelSite projection) {
    /** Rows that an adapter puts in front of a text never push its end out silently. */
    private int[] checked(int[] used) {
        int last = Arrays.stream(used).max().orElse(0);
        if (last >= most) {
            throw new IllegalArgumentException("a text, with the rows that its adapter puts in front of it, takes "
                    + (last + 1) + " positions, but this model has " + most + "; give a shorter text");
        }
        return used;
    }

    private int[] shifted(int[] rows) {
        return offset == 0 ? rows : Arrays.stream(rows).map(row -> row + offset).toArray();
    }

    /** The embedded tokens, [tokens, hidden]. */
    public Var apply(Pass pass) {
        try (Scope scope = pass.scope()) {
            Var x = pass.embed(table, words, scale);
            if (wholeScale != 1) {
                x = x.multiply(wholeScale);
            }
            int[] rows = checked(
                    unplaced < 0 ? pass.positions(words.side()) : pass.positionsWithout(words.side(), unplaced));
            if (positions != null) {
                x = x.add(pass.weight(positions).gather(shifted(rows)));
            }
            if (tokenTypes != null) {
                x = x.add(pass.weight(tokenTypes).gather(types(pass, rows.length)));
            }
            Var normed = norm == null ? x : pass.norm(norm, x, epsilon);
            String place = words.side() == Side.DECODER ? "decoder embeddings" : "embeddings";
            Var dropped = pass.dropout(place, normed, dropout);
            return scope.keep(projection == null ? dropped : pass.linear(projection, dropped));
        }
    }

    /** A model with a single type, as RoBERTa, reads no others, whatever its tokenizer says. */
    private int[] types(Pass pass, int tokens) {
        return tokenTypes.shape()[0] == 1 ? new int[tokens] : pass.tokenTypes(words.side());
    }
}
