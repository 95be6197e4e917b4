package dev.graft.autograd;

import dev.graft.autograd.check.Seed;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** An operation with its own backward pass: x * y², with ND4J. */
class CustomGradientTest {
    private final Random random = Seed.random("custom");

    /** It writes to its copies, which must change nothing. */
    private static final class Careless implements CustomOperation {
        @Override
        public INDArray forward(INDArray... inputs) {
            return inputs[0].mul(inputs[1]).mul(inputs[1]);
        }

        @Override
        public INDArray[] backward(INDArray[] inputs, INDArray output, INDArray gradient) {
            INDArray dx = inputs[1].mul(inputs[1]).mul(gradient);
            INDArray dy = inputs[0].muli(2).muli(inputs[1]).muli(gradient);
            gradient.muli(0);
            output.muli(0);
            return new INDArray[] {dx, dy};
        }
    }

    @Test
    void custom() {
        GradientCheck.Definition definition = v -> Naive.multiply(Naive.multiply(v[0], v[1]), v[1]);
        GradientCheck.check("custom", v -> Var.custom(new Careless(), v), definition, normal(3, 4), normal(3, 4));
        GradientCheck.check(
                "custom, one frozen",
                v -> Var.custom(new Careless(), v),
                definition,
                normal(3, 4),
                normal(3, 4).frozen());
        GradientCheck.check(
                "custom of one value twice",
                v -> Var.custom(new Careless(), v[0], v[0]),
                v -> Naive.multiply(Naive.multiply(v[0], v[0]), v[0]),
                normal(3, 4));
        GradientCheck.check("custom 1-D", v -> Var.custom(new Careless(), v), definition, normal(5), normal(5));
    }

    private Input normal(long... shape) {
        return Input.normal(random, shape);
    }
}
