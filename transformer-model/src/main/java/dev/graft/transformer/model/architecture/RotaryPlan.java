package dev.graft.transformer.model.architecture;

import dev.graft.autograd.Rotation;
import dev.graft.autograd.Sequences;
import java.util.List;

/**
 * Rotary position embedding (Su et al. 2021, arXiv 2104.09864) in numbers.
 *
 * @param frequencies of the pairs of a head's features, in radians a position; half a head of them
 * @param factor on cosines and sines
 * @param growth how a text that is longer than {@code trained} stretches the frequencies, or null if it does not
 */
public record RotaryPlan(List<Float> frequencies, double factor, Growth growth) {
    /** Copies the list. */
    public RotaryPlan {
        frequencies = List.copyOf(frequencies);
    }

    /**
     * Frequencies that depend on a text's length (dynamic NTK scaling).
     *
     * @param base of the frequencies of short texts
     * @param factor of the growth
     * @param trained positions that need none
     */
    public record Growth(double base, double factor, int trained) {
        /** The base for texts of a length. */
        double base(int length, int size) {
            double stretched = factor * length / trained - (factor - 1);
            return base * Math.pow(stretched, size / (size - 2.0));
        }
    }

    /** Features of a head. */
    int size() {
        return 2 * frequencies.size();
    }

    /**
     * The rotation of all rows of a stack.
     *
     * @param positions of each row
     * @param sequences where the texts lie
     */
    public Rotation rotation(int[] positions, Sequences sequences) {
        return RotaryAngles.of(this, positions, sequences);
    }

    /** base^(-2i / size) for the pairs of a head's features, rounded as transformers rounds them. */
    public static float[] frequencies(double base, int size) {
        float[] found = new float[size / 2];
        for (int i = 0; i < found.length; i++) {
            found[i] = 1f / (float) Math.pow((float) base, 2f * i / size);
        }
        return found;
    }
}
