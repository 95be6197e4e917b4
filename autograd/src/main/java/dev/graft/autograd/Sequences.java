package dev.graft.autograd;

import java.util.Arrays;
import java.util.BitSet;

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
        for (int i = 0; i < starts.length; i++) {
            if (starts[i] < 0 || lengths[i] < 0) {
                throw new IllegalArgumentException(
                        "sequence " + i + " starts at row " + starts[i] + " and has " + lengths[i] + " rows");
            }
        }
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

    /** So many sequences without a row. */
    static Sequences none(int count) {
        return new Sequences(new int[count], new int[count]);
    }

    /** Where the sequences lie if each row becomes so many rows. */
    public Sequences times(int rows) {
        int[] longerStarts = starts.clone();
        int[] longer = lengths.clone();
        for (int i = 0; i < starts.length; i++) {
            longerStarts[i] *= rows;
            longer[i] *= rows;
        }
        return new Sequences(longerStarts, longer);
    }

    /** True if a row belongs to two sequences. */
    boolean overlap() {
        int end = 0;
        boolean ordered = true;
        for (int i = 0; i < starts.length; i++) {
            ordered &= lengths[i] == 0 || starts[i] >= end;
            end = Math.max(end, starts[i] + lengths[i]);
        }
        if (ordered) {
            return false;
        }
        BitSet taken = new BitSet(end);
        for (int i = 0; i < starts.length; i++) {
            int next = taken.nextSetBit(starts[i]);
            if (next >= 0 && next < starts[i] + lengths[i]) {
                return true;
            }
            taken.set(starts[i], starts[i] + lengths[i]);
        }
        return false;
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
