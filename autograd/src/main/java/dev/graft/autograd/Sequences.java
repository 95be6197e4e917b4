package dev.graft.autograd;

import java.util.Arrays;

/**
 * Where sequences lie in a [tokens, width] value: sequence i has {@code length(i)} rows from row {@code start(i)} on.
 *
 * <p>Packed sequences follow one another without gaps. Rows between sequences are padding: attention neither reads nor
 * writes them, so that a padded [batch, time] layout is described as well.
 */
public final class Sequences {
    private final int[] starts;
    private final int[] lengths;

    private Sequences(int[] starts, int[] lengths) {
        this.starts = starts;
        this.lengths = lengths;
    }

    /** Sequences of these lengths, one after another. */
    public static Sequences packed(int... lengths) {
        int[] starts = new int[lengths.length];
        for (int i = 1; i < lengths.length; i++) {
            starts[i] = starts[i - 1] + lengths[i - 1];
        }
        return new Sequences(starts, lengths.clone());
    }

    /** Sequences at given places. */
    public static Sequences at(int[] starts, int[] lengths) {
        if (starts.length != lengths.length) {
            throw new IllegalArgumentException(starts.length + " starts but " + lengths.length + " lengths");
        }
        return new Sequences(starts.clone(), lengths.clone());
    }

    /** Number of sequences. */
    public int count() {
        return starts.length;
    }

    /** First row of a sequence. */
    public int start(int sequence) {
        return starts[sequence];
    }

    /** Rows of a sequence. */
    public int length(int sequence) {
        return lengths[sequence];
    }

    /** Copies of the lengths. */
    public int[] lengths() {
        return lengths.clone();
    }

    /** Rows of all sequences together. */
    public int tokens() {
        return Arrays.stream(lengths).sum();
    }

    /** Length of the longest sequence. */
    public int longest() {
        return Arrays.stream(lengths).max().orElse(0);
    }
}
