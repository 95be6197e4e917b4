package dev.graft.autograd;

import dev.graft.autograd.memory.Tensor;
import dev.graft.autograd.memory.Tiles;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Runs a {@link CustomOperation} on copies. */
final class Custom {
    private Custom() {}

    static Var apply(CustomOperation operation, Var... inputs) {
        if (inputs.length == 0) {
            throw new IllegalArgumentException("a custom operation needs an input");
        }
        Tape tape = inputs[0].tape();
        INDArray[] copies =
                Arrays.stream(inputs).map(input -> copy(input.value())).toArray(INDArray[]::new);
        INDArray output = operation.forward(copies);
        Tensor out = tape.arena().allocate(output.shape());
        Tiles.write(values(output), out);
        Var result = tape.result(out, inputs);
        if (result.requiresGradient()) {
            tape.record(result, dy -> backward(tape, operation, inputs, copies, output, dy));
        }
        return result;
    }

    private static void backward(
            Tape tape, CustomOperation operation, Var[] inputs, INDArray[] copies, INDArray output, Tensor dy) {
        INDArray[] gradients = operation.backward(copies, output, copy(dy));
        if (gradients.length != inputs.length) {
            throw new IllegalStateException(
                    operation + " gave " + gradients.length + " gradients for " + inputs.length + " inputs");
        }
        for (int i = 0; i < inputs.length; i++) {
            if (inputs[i].requiresGradient()) {
                if (gradients[i] == null || !Arrays.equals(gradients[i].shape(), inputs[i].shape())) {
                    throw new IllegalStateException(operation + " gave "
                            + (gradients[i] == null ? "no gradient" : "a gradient of another shape") + " for its input "
                            + inputs[i]);
                }
                Tensor gradient = tape.arena().allocate(inputs[i].shape());
                Tiles.write(values(gradients[i]), gradient);
                tape.give(inputs[i], gradient);
            }
        }
    }

    private static float[] values(INDArray array) {
        return array.length() == 0 ? new float[0] : array.dup('c').data().asFloat();
    }

    private static INDArray copy(Tensor tensor) {
        return Nd4j.createFromArray(tensor.toArray()).reshape(tensor.shape());
    }
}
