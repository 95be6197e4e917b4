package dev.graft.training.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class ClassificationTest {
    private static ConfusionCounts counts(int classes, int[] actual, int[] predicted) {
        ConfusionCounts counts = new ConfusionCounts(classes);
        for (int i = 0; i < actual.length; i++) {
            counts.add(actual[i], predicted[i]);
        }
        return counts;
    }

    /** The example of scikit-learn's documentation of f1_score: 0.26 and a sixth. */
    @Test
    void figuresAreThoseOfScikitLearnsExample() {
        ConfusionCounts counts = counts(3, new int[] {0, 1, 2, 0, 1, 2}, new int[] {0, 2, 1, 0, 0, 1});
        assertEquals(0.8, counts.f1(0), 1e-15);
        assertEquals(0, counts.f1(1));
        assertEquals(0.8 / 3, counts.macroF1(), 1e-15);
        assertEquals(2 / 6.0, counts.accuracy(), 1e-15);
        assertEquals(2, counts.count(2, 1));
        assertEquals(1, counts.count(1, 2));
        assertEquals(6, counts.rows());
    }

    /** Class 1 was only predicted, class 2 only there, class 3 neither: it does not count. */
    @Test
    void macroF1CountsClassesThatOccurAnywhere() {
        ConfusionCounts counts = counts(4, new int[] {0, 0, 0, 2}, new int[] {0, 0, 1, 0});
        assertEquals(2 * 2 / (3.0 + 3), counts.f1(0), 1e-15);
        assertEquals(0, counts.f1(1));
        assertEquals(0, counts.f1(2));
        assertEquals(Double.NaN, counts.f1(3));
        assertEquals(2 / 3.0 / 3, counts.macroF1(), 1e-15);
    }

    @Test
    void lossIsTheMeanCrossEntropy() {
        Classification measured = new Classification(2);
        measured.add(new float[] {0, 0}, 0);
        measured.add(new float[] {(float) Math.log(3), 0}, 1);
        assertEquals((Math.log(2) + Math.log(4)) / 2, measured.loss(), 1e-7);
        assertEquals(0.5, measured.confusion().accuracy(), "of equal logits the first wins");
        Classification large = new Classification(2);
        large.add(new float[] {10_000, -10_000}, 1);
        assertEquals(20_000, large.loss());
    }

    @Test
    void partsAddUp() {
        Classification all = new Classification(2);
        Classification one = new Classification(2);
        Classification two = new Classification(2);
        float[][] logits = {{1, 2}, {3, -1}, {0.5f, 0.25f}};
        for (int i = 0; i < logits.length; i++) {
            all.add(logits[i], i % 2);
            (i < 1 ? one : two).add(logits[i], i % 2);
        }
        one.add(two);
        assertEquals(all.loss(), one.loss(), 1e-15);
        assertEquals(all.confusion().accuracy(), one.confusion().accuracy());
        assertEquals(3, one.confusion().rows());
        assertEquals(all.confusion().count(0, 1), one.confusion().count(0, 1));
    }

    @Test
    void nothingAndNonsenseAreErrors() {
        assertThrows(IllegalStateException.class, () -> new ConfusionCounts(2).accuracy());
        assertThrows(IllegalStateException.class, () -> new ConfusionCounts(2).macroF1());
        assertThrows(IllegalStateException.class, () -> new Classification(2).loss());
        assertThrows(IllegalArgumentException.class, () -> new ConfusionCounts(0));
        assertThrows(IllegalArgumentException.class, () -> new ConfusionCounts(2).add(2, 0));
        assertThrows(IllegalArgumentException.class, () -> new ConfusionCounts(2).add(0, -1));
        assertThrows(IllegalArgumentException.class, () -> new ConfusionCounts(2).add(new ConfusionCounts(3)));
        assertThrows(IllegalArgumentException.class, () -> new Classification(2).add(new float[3], 0));
        Classification measured = new Classification(2);
        assertThrows(ArithmeticException.class, () -> measured.add(new float[] {1, Float.NaN}, 0));
        assertThrows(ArithmeticException.class, () -> Classification.predicted(new float[] {Float.NaN, 1}));
        float[] infinite = {1, Float.POSITIVE_INFINITY};
        assertThrows(ArithmeticException.class, () -> measured.add(infinite, 1));
        assertEquals(0, measured.confusion().rows(), "a refused row leaves nothing behind");
    }
}
