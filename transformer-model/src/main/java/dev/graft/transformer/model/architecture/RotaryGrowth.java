package dev.graft.transformer.model.architecture;

import java.util.List;

/** Rotary frequencies that depend on a text's length: texts of more positions than {@code trained} have others. */
public sealed interface RotaryGrowth {
    /** Positions of the longest text that has the usual frequencies. */
    int trained();

    /**
     * Frequencies of a text that is longer, in radians a position; half a head of them.
     *
     * @param length of the text in positions, with rows in front of it
     * @param size features of a head
     */
    float[] frequencies(int length, int size);

    /**
     * Dynamic NTK scaling: the longer a text, the larger the base.
     *
     * @param base of the frequencies of short texts
     * @param factor of the growth
     * @param trained positions that need none
     */
    record Dynamic(double base, double factor, int trained) implements RotaryGrowth {
        @Override
        public float[] frequencies(int length, int size) {
            double stretched = factor * length / trained - (factor - 1);
            return RotaryPlan.frequencies(base * Math.pow(stretched, size / (size - 2.0)), size);
        }
    }

    /**
     * LongRoPE (Ding et al. 2024, arXiv 2402.13753): all longer texts have one second set.
     *
     * @param longer the frequencies of longer texts
     * @param trained positions of the longest text that does not have them
     */
    record Second(List<Float> longer, int trained) implements RotaryGrowth {
        /** Copies the list. */
        public Second {
            longer = List.copyOf(longer);
        }

        @Override
        public float[] frequencies(int length, int size) {
            float[] found = new float[longer.size()];
            for (int i = 0; i < found.length; i++) {
                found[i] = longer.get(i);
            }
            return found;
        }
    }
}
