package dev.graft.transformer.model;

import dev.graft.autograd.CrossEntropy;
import dev.graft.autograd.Sequences;
import dev.graft.transformer.model.overlay.HookedPass;
import dev.graft.transformer.model.overlay.TokenRow;
import java.util.Arrays;
import java.util.List;

/**
 * Which rows of the hidden states predict a token that counts.
 *
 * @param rows their numbers, a few of padding behind them
 * @param labels the tokens that follow, {@link CrossEntropy#IGNORED} for padding
 * @param places how many of them each sequence has
 */
record Predicted(int[] rows, int[] labels, Sequences places) {
    static Predicted of(List<TokenRow> sequences, HookedPass pass) {
        int count = sequences.stream().mapToInt(TokenRow::labelled).sum();
        int padded = HookedPass.padded(count);
        int[] rows = new int[padded];
        int[] labels = new int[padded];
        Arrays.fill(labels, CrossEntropy.IGNORED);
        int[] lengths = new int[sequences.size()];
        int at = 0;
        for (int s = 0; s < lengths.length; s++) {
            int[] own = sequences.get(s).labels();
            for (int i = 0; own != null && i < own.length; i++) {
                if (own[i] != CrossEntropy.IGNORED) {
                    rows[at] = pass.text(s) + i;
                    labels[at++] = own[i];
                    lengths[s]++;
                }
            }
        }
        return new Predicted(rows, labels, Sequences.packed(lengths));
    }

    /** Number of tokens that count. */
    int count() {
        return places.tokens();
    }

    /** True if these are all rows of the hidden states in their order. */
    boolean isAll(long hidden) {
        if (rows.length != hidden) {
            return false;
        }
        for (int i = 0; i < count(); i++) {
            if (rows[i] != i) {
                return false;
            }
        }
        return true;
    }
}
