package dev.graft.transformer.model.overlay;

import dev.graft.autograd.Sequences;
import dev.graft.autograd.Var;
import java.util.List;

/** The tokens of a pass, one sequence after another, with their positions and types; hooks may lengthen sequences. */
final class Rows {
    private final int[] tokens;
    private int[] types;
    private int[] positions;
    private Sequences sequences;

    Rows(List<TokenRow> rows) {
        sequences = Sequences.packed(
                rows.stream().mapToInt(row -> row.tokens().length).toArray());
        tokens = rows.stream()
                .flatMapToInt(row -> java.util.Arrays.stream(row.tokens()))
                .toArray();
        types = rows.stream()
                .flatMapToInt(row -> java.util.Arrays.stream(row.types()))
                .toArray();
        positions = count(sequences);
    }

    private static int[] count(Sequences sequences) {
        int[] positions = new int[sequences.tokens()];
        for (int s = 0; s < sequences.count(); s++) {
            for (int i = 0; i < sequences.length(s); i++) {
                positions[sequences.start(s) + i] = i;
            }
        }
        return positions;
    }

    /** What a hook makes of one sequence's embeddings. */
    interface Lengthening {
        Var apply(int sequence, Var part);
    }

    /** Replaces each sequence's rows, which may become more: new rows stand in front, and positions and types follow. */
    Var lengthen(Var x, Lengthening lengthening) {
        Var[] parts = new Var[sequences.count()];
        int[] lengths = new int[parts.length];
        for (int s = 0; s < parts.length; s++) {
            Var part = x.rows(sequences.start(s), sequences.start(s) + sequences.length(s));
            parts[s] = lengthening.apply(s, part);
            lengths[s] = Math.toIntExact(parts[s].size(0));
        }
        Sequences longer = Sequences.packed(lengths);
        int[] newTypes = new int[longer.tokens()];
        for (int s = 0; s < parts.length; s++) {
            int added = lengths[s] - sequences.length(s);
            System.arraycopy(types, sequences.start(s), newTypes, longer.start(s) + added, sequences.length(s));
        }
        types = newTypes;
        sequences = longer;
        positions = count(longer);
        return Var.concat(parts);
    }

    int[] tokens() {
        return tokens;
    }

    int[] types() {
        return types;
    }

    int[] positions() {
        return positions;
    }

    Sequences sequences() {
        return sequences;
    }
}
