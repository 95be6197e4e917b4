package dev.graft.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.autograd.check.Close;
import dev.graft.autograd.check.Seed;
import dev.graft.autograd.kernel.KernelProvider;
import dev.graft.autograd.kernel.Kernels;
import dev.graft.autograd.kernel.MathMode;
import dev.graft.autograd.memory.Storage;
import dev.graft.autograd.memory.Tensor;
import dev.graft.autograd.memory.Tiles;
import java.util.Random;

/**
 * Compares an operation with its definition: values with the definition's in double precision, gradients with central
 * differences of it. The bar is 1e-5 of the largest element, as for kernels; no wrong factor or term passes it.
 */
final class GradientCheck {
    /** The operation on a tape. */
    @FunctionalInterface
    interface Operation {
        Var apply(Var... inputs);
    }

    /** Its definition, elements in row-major order. */
    @FunctionalInterface
    interface Definition {
        double[] apply(double[]... inputs);
    }

    private static final double STEP = 1e-3;
    private static final double ELSEWHERE = 0.75;

    private GradientCheck() {}

    /** Checks with the kernels of both providers. */
    static void check(String name, Operation operation, Definition definition, Input... inputs) {
        Compute.open(MathMode.FP32, 1).close(); // one native thread
        check(name + " (oneDNN)", KernelProvider.oneDnn(MathMode.FP32), operation, definition, inputs);
        check(name + " (ND4J)", KernelProvider.nd4j(), operation, definition, inputs);
    }

    private static void check(
            String name, Kernels kernels, Operation operation, Definition definition, Input... inputs) {
        double[][] values = new double[inputs.length][];
        for (int i = 0; i < inputs.length; i++) {
            values[i] = inputs[i].values();
        }
        double[] expected = definition.apply(values);
        double[] weights = Close.doubles(Seed.normal(new Random(7), expected.length));
        try (Compute compute = new Compute(kernels)) {
            soil(compute);
            try (Tape tape = new Tape(compute, false)) {
                Var result = operation.apply(variables(tape, inputs));
                assertFalse(result.requiresGradient(), name);
                Close.assertClose(expected, tape.value(result).toArray(), Close.FP32, name + " without a record");
            }
            Gradient[] gradients = new Gradient[inputs.length];
            for (int i = 0; i < inputs.length; i++) {
                gradients[i] = inputs[i].trained() ? numeric(definition, weights, values, i) : null;
            }
            try (Tape tape = new Tape(compute, true)) {
                Var[] leaves = variables(tape, inputs);
                Var result = operation.apply(leaves);
                Close.assertClose(expected, tape.value(result).toArray(), Close.FP32, name);
                tape.backward(weighted(tape, result, weights));
                compare(name, tape, leaves, gradients, 0);
                for (int i = 0; i < inputs.length; i++) {
                    assertArrayEquals(
                            inputs[i].floats(values[i]), tape.value(leaves[i]).toArray(), name + " changed");
                }
            }
            usedElsewhere(name, compute, operation, weights, gradients, inputs);
            assertTrue(compute.arena().empty(), name + " keeps memory");
        }
    }

    /** What is used last has its gradient first: the operation must add to it. */
    private static void usedElsewhere(
            String name,
            Compute compute,
            Operation operation,
            double[] weights,
            Gradient[] gradients,
            Input... inputs) {
        try (Tape tape = new Tape(compute, true)) {
            Var[] leaves = variables(tape, inputs);
            Var loss = weighted(tape, operation.apply(leaves), weights);
            for (Var leaf : leaves) {
                loss = loss.add(leaf.multiply(ELSEWHERE).sum());
            }
            tape.backward(loss);
            compare(name + ", used elsewhere,", tape, leaves, gradients, ELSEWHERE);
        }
    }

    /** Memory that was used before: what an operation leaves unwritten is not a number. */
    private static void soil(Compute compute) {
        Tensor used = compute.arena().allocate(1 << 16);
        Tiles.fill(used, Float.NaN);
        used.release();
    }

    private static Var[] variables(Tape tape, Input[] inputs) {
        Var[] variables = new Var[inputs.length];
        for (int i = 0; i < inputs.length; i++) {
            Input input = inputs[i];
            Storage storage = Storage.allocate(Math.max(1, input.values().length));
            Tensor tensor = Tensor.over(storage, 0, input.shape());
            Tiles.write(input.floats(input.values()), tensor);
            variables[i] = input.trained() ? tape.leaf(tensor) : tape.constant(tensor);
        }
        return variables;
    }

    private static Var weighted(Tape tape, Var result, double[] weights) {
        float[] factors = new float[weights.length];
        for (int i = 0; i < factors.length; i++) {
            factors[i] = (float) weights[i];
        }
        return result.multiply(tape.constant(factors, result.shape())).sum();
    }

    private static void compare(String name, Tape tape, Var[] leaves, Gradient[] gradients, double elsewhere) {
        for (int i = 0; i < leaves.length; i++) {
            Tensor gradient = tape.gradient(leaves[i]);
            if (gradients[i] == null) {
                assertNull(gradient, name + " input " + i + " is frozen but got a gradient");
                continue;
            }
            double[] expected = gradients[i].values().clone();
            for (int j = 0; j < expected.length; j++) {
                expected[j] += elsewhere;
            }
            float[] actual = gradient == null ? new float[expected.length] : gradient.toArray();
            double allowed = 2 * Close.FP32 * (gradients[i].terms() + elsewhere);
            Close.assertWithin(expected, Close.doubles(actual), allowed, name + " input " + i);
        }
    }

    /**
     * A gradient by differences.
     *
     * @param values one for each element of the input
     * @param terms the largest sum of the magnitudes that make up an element: where they cancel, the element is as
     *     exact as they are
     */
    private record Gradient(double[] values, double terms) {}

    private static Gradient numeric(Definition definition, double[] weights, double[][] values, int number) {
        double[] gradient = new double[values[number].length];
        double largest = 0;
        for (int i = 0; i < gradient.length; i++) {
            double[] up = at(definition, values, number, i, STEP);
            double[] down = at(definition, values, number, i, -STEP);
            double[] farUp = at(definition, values, number, i, 2 * STEP);
            double[] farDown = at(definition, values, number, i, -2 * STEP);
            double terms = 0;
            for (int j = 0; j < weights.length; j++) {
                double slope = (8 * (up[j] - down[j]) - (farUp[j] - farDown[j])) / (12 * STEP);
                gradient[i] += weights[j] * slope;
                terms += Math.abs(weights[j] * slope);
            }
            largest = Math.max(largest, terms);
        }
        return new Gradient(gradient, largest);
    }

    /** The results with one element of one input moved. */
    private static double[] at(Definition definition, double[][] values, int input, int element, double step) {
        double[] original = values[input];
        values[input] = original.clone();
        values[input][element] += step;
        double[] result = definition.apply(values);
        values[input] = original;
        return result;
    }
}
