package dev.graft.transformer.model.overlay;

import dev.graft.autograd.Sequences;
import dev.graft.autograd.Var;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The tokens of a pass, one sequence after another, with their positions and types; hooks may lengthen sequences.
 *
 * <p>A few rows of padding may follow the last sequence: kernels are compiled for numbers of rows, and so they are
 * compiled for fewer of them. Nothing reads these rows and their gradient is zero.
 */
final class Rows {
    /** Up to here every number of rows has kernels of its own, as decoding token by token needs them. */
    private static final int SMALL = 16;

    private final int[] tokens;
    private int[] types;
    private int[] positions;
    private Sequences sequences;

    Rows(List<TokenRow> rows) {
        sequences = Sequences.packed(
                rows.stream().mapToInt(row -> row.tokens().length).toArray());
        tokens = padded(
                rows.stream().flatMapToInt(row -> Arrays.stream(row.tokens())).toArray());
        types = padded(
                rows.stream().flatMapToInt(row -> Arrays.stream(row.types())).toArray());
        positions = padded(count(sequences));
    }

    private static int[] padded(int[] values) {
        return Arrays.copyOf(values, values.length + padding(values.length));
    }

    /** Rows of padding behind so many rows. */
    static int padding(int rows) {
        int step = rows <= SMALL ? 1 : rows <= 512 ? 16 : 64;
        return Math.floorMod(-rows, step);
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
        int count = sequences.count();
        List<Var> parts = new ArrayList<>();
        int[] lengths = new int[count];
        for (int s = 0; s < count; s++) {
            Var part = x.rows(sequences.start(s), sequences.start(s) + sequences.length(s));
            parts.add(lengthening.apply(s, part));
            lengths[s] = Math.toIntExact(parts.get(s).size(0));
        }
        Sequences longer = Sequences.packed(lengths);
        int padding = (int) Math.min(padding(longer.tokens()), x.size(0));
        parts.add(x.rows(0, padding).detach());
        int[] newTypes = new int[longer.tokens() + padding];
        for (int s = 0; s < count; s++) {
            int added = lengths[s] - sequences.length(s);
            System.arraycopy(types, sequences.start(s), newTypes, longer.start(s) + added, sequences.length(s));
        }
        types = newTypes;
        sequences = longer;
        positions = Arrays.copyOf(count(longer), newTypes.length);
        return Var.concat(parts.toArray(Var[]::new));
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
