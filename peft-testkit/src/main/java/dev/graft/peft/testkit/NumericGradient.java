package dev.graft.peft.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.graft.autograd.Compute;
import dev.graft.autograd.CounterRandom;
import dev.graft.autograd.memory.Tiles;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.overlay.AdapterParameter;
import java.util.function.Predicate;

/**
 * Compares a gradient with differences of the loss, tensor by tensor: along the gradient itself, which shows a wrong
 * factor most clearly, along a random direction, and along the largest of some random elements.
 */
final class NumericGradient {
    /** Longest step to either side; where the slope is steep, a step that changes the loss by {@link #CHANGE}. */
    private static final double STEP = 0.02;

    private static final double CHANGE = 0.005;

    /** How much shorter the second step is, if the first one disagrees. */
    private static final double FINER = 0.125;

    /** What rounding in fp32 leaves of a difference of two losses near 1. */
    private static final double NOISE = 2e-6;

    /** Half of the smallest factor that a method could plausibly get wrong: 1 / (1 - dropout) with dropout 0.03. */
    private static final double TOLERANCE = 0.015;

    /** What the curvature leaves, of the gradient's length: it counts where a direction is across the gradient. */
    private static final double CURVATURE = 0.001;

    private static final int POINTS = 3;

    private final Compute compute;
    private final Gradients loss;
    private CounterRandom dropout;

    NumericGradient(Compute compute, Gradients loss) {
        this.compute = compute;
        this.loss = loss;
    }

    /** Checks the trained tensors that are wanted and returns how many have a gradient far above the noise. */
    int check(Adapter adapter, Predicate<AdapterParameter> wanted) {
        int clear = 0;
        for (AdapterParameter parameter :
                adapter.tensors().trained().stream().filter(wanted).toList()) {
            clear += check(parameter) ? 1 : 0;
        }
        return clear;
    }

    /** A kink of a rectifier may lie beside one point, hardly beside three; a wrong gradient is wrong at all of them. */
    private boolean check(AdapterParameter parameter) {
        for (int point = 1; point < POINTS; point++) {
            try {
                return check(parameter, point);
            } catch (AssertionError e) {
                // the next point decides
            }
        }
        return check(parameter, POINTS);
    }

    /** Checks at a point, which is the dropout that is drawn. */
    private boolean check(AdapterParameter parameter, int point) {
        dropout = new CounterRandom(2L + point);
        loss.loss(compute, dropout);
        float[] gradient = loss.gradient(parameter);
        CounterRandom random = new CounterRandom(7).with(parameter.name());
        check(parameter, gradient, unit(gradient), "along the gradient");
        float[] direction = new float[gradient.length];
        for (int i = 0; i < direction.length; i++) {
            direction[i] = (float) random.gaussian(i);
        }
        check(parameter, gradient, unit(direction), "along a random direction");
        int largest = random.below(gradient.length, 0);
        for (int i = 1; i < 8; i++) {
            int other = random.below(gradient.length, i);
            largest = Math.abs(gradient[other]) > Math.abs(gradient[largest]) ? other : largest;
        }
        float[] element = new float[gradient.length];
        element[largest] = 1;
        check(parameter, gradient, element, "of element " + largest);
        return Math.sqrt(product(gradient, gradient)) > NOISE / STEP / TOLERANCE;
    }

    private void check(AdapterParameter parameter, float[] gradient, float[] direction, String where) {
        double length = Math.sqrt(product(gradient, gradient));
        double step = Math.min(STEP, CHANGE / length);
        double analytic = product(gradient, direction);
        double numeric = numeric(parameter, direction, step);
        if (Math.abs(numeric - analytic) > allowed(numeric, length, step)) {
            step *= FINER; // a rectifier has kinks, whose share falls with the step; that of a wrong gradient does not
            numeric = numeric(parameter, direction, step);
        }
        assertEquals(
                numeric,
                analytic,
                allowed(numeric, length, step),
                "gradient of " + parameter.name() + " " + where + ", numeric and analytic");
    }

    private static double allowed(double numeric, double length, double step) {
        return NOISE / step + TOLERANCE * Math.abs(numeric) + CURVATURE * length;
    }

    private double numeric(AdapterParameter parameter, float[] direction, double step) {
        float[] before = parameter.tensor().toArray();
        double whole = slope(parameter, before, direction, step);
        double half = slope(parameter, before, direction, step / 2);
        Tiles.write(before, parameter.tensor());
        return (4 * half - whole) / 3; // Richardson's extrapolation: the error falls with the fourth power
    }

    private double slope(AdapterParameter parameter, float[] before, float[] direction, double step) {
        double rise = moved(parameter, before, direction, step) - moved(parameter, before, direction, -step);
        return rise / (2 * step);
    }

    private double moved(AdapterParameter parameter, float[] before, float[] direction, double step) {
        float[] after = before.clone();
        for (int i = 0; i < after.length; i++) {
            after[i] += (float) (step * direction[i]);
        }
        Tiles.write(after, parameter.tensor());
        return loss.lossAlone(compute, dropout);
    }

    private static float[] unit(float[] direction) {
        double length = Math.sqrt(product(direction, direction));
        float[] unit = new float[direction.length];
        for (int i = 0; i < unit.length; i++) {
            unit[i] = length == 0 ? 0 : (float) (direction[i] / length);
        }
        return unit;
    }

    private static double product(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }
}
