package dev.graft.transformer.model.architecture;

import dev.graft.autograd.Rotation;
import dev.graft.autograd.Sequences;
import java.util.List;

/**
 * Rotary position embedding (Su et al. 2021, arXiv 2104.09864) in numbers.
 *
 * @param frequencies of the pairs of a head's features, in radians a position; half a head of them
 * @param factor on cosines and sines
 * @param growth the frequencies of texts that are longer than those trained on, or null if they have the same
 */
public record RotaryPlan(List<Float> frequencies, double factor, RotaryGrowth growth) {
    /** Copies the list. */
    public RotaryPlan {
        frequencies = List.copyOf(frequencies);
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
