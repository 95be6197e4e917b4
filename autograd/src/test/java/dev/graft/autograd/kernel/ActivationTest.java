package dev.graft.autograd.kernel;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.autograd.check.Close;
import dev.graft.autograd.check.Seed;
import dev.graft.autograd.check.Strided;
import dev.graft.autograd.check.Strided.Layout;
import dev.graft.autograd.memory.Arena;
import java.util.Arrays;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every activation and its slope, from -12 to 12, against their definitions. */
class ActivationTest {
    private static final long[][] SHAPES = {{1, 1}, {3, 7}, {17, 31}, {65, 33}, {2, 3, 5, 7}};

    @ParameterizedTest
    @MethodSource("dev.graft.autograd.kernel.KernelsSource#fp32")
    void valuesAndSlopes(Kernels kernels) {
        Random random = Seed.random("activation");
        try (kernels) {
            for (Activation function : Activation.values()) {
                for (long[] shape : SHAPES) {
                    check(kernels, random, function, shape, Layout.DENSE);
                    check(kernels, random, function, shape, Layout.SLICED);
                }
            }
        }
    }

    private static void check(Kernels kernels, Random random, Activation function, long[] shape, Layout layout) {
        try (Arena arena = new Arena()) {
            Strided x = Strided.of(arena, layout, shape);
            float[] values = new float[(int) x.tensor().length()];
            for (int i = 0; i < values.length; i++) {
                values[i] = i == 0 ? 1.1f : i == 1 ? 0 : random.nextFloat() * 24 - 12;
            }
            x.set(values);
            Strided y = Strided.of(arena, layout, shape);
            Strided dy = Strided.of(arena, layout, shape).random(random);
            Strided dx = Strided.of(arena, layout, shape);
            double[] in = x.values();
            double[] gradient = dy.values();
            double[] value = Arrays.stream(in).map(value(function)).toArray();
            double[] slope = new double[in.length];
            Arrays.setAll(slope, i -> gradient[i] * slope(function, in[i]));
            String what = kernels.name() + " " + function + Arrays.toString(shape) + layout;
            kernels.activation(function, x.tensor(), y.tensor());
            Close.assertClose(value, y.values(), Close.FP32, what);
            kernels.activationBackward(function, x.tensor(), dy.tensor(), dx.tensor());
            Close.assertClose(slope, dx.values(), Close.FP32, what + " slope");
            assertTrue(y.surroundingsUntouched() && dx.surroundingsUntouched(), what);
            kernels.activationBackward(function, x.tensor(), dy.tensor(), dy.tensor());
            Close.assertClose(slope, dy.values(), Close.FP32, what + " slope in place");
            kernels.activation(function, x.tensor(), x.tensor());
            Close.assertClose(value, x.values(), Close.FP32, what + " in place");
        }
    }

    private static DoubleUnaryOperator value(Activation function) {
        return switch (function) {
            case GELU -> x -> x * normal(x);
            case GELU_TANH -> x -> 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
            case RELU -> x -> Math.max(0, x);
            case SILU -> x -> x / (1 + Math.exp(-x));
            case TANH -> Math::tanh;
            case SIGMOID -> x -> 1 / (1 + Math.exp(-x));
        };
    }

    /** By central differences of the definition, exact to 1e-9; RELU's slope at 0 is 0. */
    private static double slope(Activation function, double x) {
        if (function == Activation.RELU) {
            return x > 0 ? 1 : 0;
        }
        DoubleUnaryOperator f = value(function);
        double h = 1e-4;
        double near = f.applyAsDouble(x + h) - f.applyAsDouble(x - h);
        double far = f.applyAsDouble(x + 2 * h) - f.applyAsDouble(x - 2 * h);
        return (8 * near - far) / (12 * h);
    }

    /** The normal distribution function by Simpson's rule over its density. */
    private static double normal(double x) {
        int n = 2000;
        double h = x / n;
        double sum = density(0) + density(x);
        for (int i = 1; i < n; i++) {
            sum += density(i * h) * (i % 2 == 1 ? 4 : 2);
        }
        return 0.5 + sum * h / 3;
    }

    private static double density(double x) {
        return Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    }
}
