package dev.graft.training.optimizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.autograd.memory.Tensor;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class GradientClipTest {
    private static final List<Trained> TWO =
            List.of(new Trained("a", Fixture.tensor(0), 1, true), new Trained("b", Fixture.tensor(0), 1, true));

    @Test
    void theNormIsThatOfAllGradientsTogether() {
        assertEquals(5, GradientClip.norm(TWO, List.of(Fixture.tensor(3), Fixture.tensor(0, -4))));
        float[] many = new float[100_003];
        Arrays.fill(many, 1e-3f);
        double exact = Math.sqrt(many.length * ((double) 1e-3f * 1e-3f) + 1e-6f * (double) 1e-6f);
        assertEquals(exact, GradientClip.norm(TWO, List.of(Fixture.tensor(many), Fixture.tensor(1e-6f))), 1e-13);
        assertEquals(
                3e38 * Math.sqrt(2),
                GradientClip.norm(TWO, List.of(Fixture.tensor(3e38f), Fixture.tensor(3e38f))),
                1e32);
    }

    @Test
    void gradientsAreScaledOnlyAboveTheLimit() {
        Tensor a = Fixture.tensor(3);
        Tensor b = Fixture.tensor(0, -4);
        GradientClip.apply(List.of(a, b), 5, 0);
        GradientClip.apply(List.of(a, b), 5, 5.1);
        assertArrayEquals(new float[] {0, -4}, b.toArray());
        GradientClip.apply(List.of(a, b), 5, 2.5);
        assertArrayEquals(new float[] {1.5f}, a.toArray(), 1e-6f);
        assertArrayEquals(new float[] {0, -2}, b.toArray(), 1e-6f);
        assertThrows(IllegalArgumentException.class, () -> GradientClip.apply(List.of(a, b), 5, -1));
        assertThrows(IllegalArgumentException.class, () -> GradientClip.apply(List.of(a, b), 5, Double.NaN));
    }

    @Test
    void whatIsNotANumberIsAnErrorThatNamesTheTensor() {
        for (float wrong : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            List<Tensor> gradients = List.of(Fixture.tensor(3), Fixture.tensor(1, 2, 3, 4, 5, 6, 7, 8, 9, wrong));
            var error = assertThrows(ArithmeticException.class, () -> GradientClip.norm(TWO, gradients));
            assertTrue(error.getMessage().contains("the gradient of b holds NaN"), error.getMessage());
        }
    }
}
