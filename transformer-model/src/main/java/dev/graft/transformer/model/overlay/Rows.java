package dev.graft.transformer.model.overlay;

import dev.graft.autograd.Sequences;
import dev.graft.autograd.Var;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The tokens that a stack reads, one sequence after another, with their positions and types; hooks may lengthen
 * sequences.
 *
 * <p>A few rows of padding may follow the last sequence: kernels are compiled for numbers of rows, and so they are
 * compiled for fewer of them. Nothing reads these rows and their gradient is zero.
 */
final class Rows {
    /** Up to here every number of rows has kernels of its own, as decoding token by token needs them. */
    private static final int SMALL = 16;

    private final int[] tokens;
    private final Sequences texts;
    private int[] types;
    private int[] positions;
    private Sequences sequences;

    /**
     * Tokens at their places.
     *
     * @param first position of each sequence's first token
     */
    Rows(List<int[]> sequenceTokens, List<int[]> sequenceTypes, int[] first) {
        texts = Sequences.packed(
                sequenceTokens.stream().mapToInt(row -> row.length).toArray());
        sequences = texts;
        tokens = padded(sequenceTokens.stream().flatMapToInt(Arrays::stream).toArray());
        types = sequenceTypes == null
                ? new int[tokens.length]
                : padded(sequenceTypes.stream().flatMapToInt(Arrays::stream).toArray());
        moveTo(first);
    }

    private static int[] padded(int[] values) {
        return Arrays.copyOf(values, values.length + padding(values.length));
    }

    /** Rows of padding behind so many rows. */
    static int padding(int rows) {
        int step = rows <= SMALL ? 1 : rows <= 512 ? 16 : 64;
        return Math.floorMod(-rows, step);
    }

    /** Sets the position of each sequence's first row. */
    void moveTo(int[] first) {
        int tokensNow = sequences.tokens();
        positions = new int[tokensNow + padding(tokensNow)];
        for (int s = 0; s < sequences.count(); s++) {
            for (int i = 0; i < sequences.length(s); i++) {
                positions[sequences.start(s) + i] = first[s] + i;
            }
        }
    }

    /** What a hook makes of one sequence's embeddings. */
    interface Lengthening {
        Var apply(int sequence, Var part);
    }

    /** Replaces each sequence's rows, which may become more: new rows stand in front, and positions and types follow. */
    Var lengthen(Var x, int[] first, Lengthening lengthening) {
        int count = sequences.count();
        List<Var> parts = new ArrayList<>();
        int[] lengths = new int[count];
        for (int s = 0; s < count; s++) {
            Var part = x.rows(sequences.start(s), sequences.start(s) + sequences.length(s));
            parts.add(lengthening.apply(s, part));
            lengths[s] = Math.toIntExact(parts.get(s).size(0));
        }
        Sequences longer = Sequences.packed(lengths);
        int padding = padding(longer.tokens());
        for (int left = padding; left > 0; left -= (int) Math.min(left, x.size(0))) {
            parts.add(x.rows(0, Math.min(left, x.size(0))).detach());
        }
        int[] newTypes = new int[longer.tokens() + padding];
        for (int s = 0; s < count; s++) {
            int added = lengths[s] - sequences.length(s);
            System.arraycopy(types, sequences.start(s), newTypes, longer.start(s) + added, sequences.length(s));
        }
        types = newTypes;
        sequences = longer;
        moveTo(first);
        return Var.concat(parts.toArray(Var[]::new));
    }

    /** Position of the token that would follow a sequence. */
    int next(int sequence) {
        return positions[sequences.start(sequence) + sequences.length(sequence) - 1] + 1;
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

    /** Positions where a token takes none, and stands at -1; of texts that hooks left as they are. */
    int[] positionsWithout(int token) {
        if (sequences != texts) {
            return positions;
        }
        int[] counted = positions.clone();
        for (int s = 0; s < texts.count(); s++) {
            int next = positions[texts.start(s)];
            for (int i = texts.start(s); i < texts.start(s) + texts.length(s); i++) {
                counted[i] = tokens[i] == token ? -1 : next++;
            }
        }
        return counted;
    }

    /** Where the sequences lie now. */
    Sequences sequences() {
        return sequences;
    }

    /** Row of the first token of a sequence's text, behind what hooks put in front. */
    int text(int sequence) {
        return sequences.start(sequence) + sequences.length(sequence) - texts.length(sequence);
    }

    /** Token ids of some neighbouring sequences. */
    int[] tokenIds(int first, int count) {
        return Arrays.copyOfRange(
                tokens, texts.start(first), texts.start(first + count - 1) + texts.length(first + count - 1));
    }

    /** Positions of these tokens. */
    int[] positions(int first, int count) {
        int[] found = new int[tokenIds(first, count).length];
        int at = 0;
        for (int s = first; s < first + count; s++) {
            System.arraycopy(positions, text(s), found, at, texts.length(s));
            at += texts.length(s);
        }
        return found;
    }
}
