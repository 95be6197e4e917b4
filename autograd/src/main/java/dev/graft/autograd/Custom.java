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
        Tape tape = inputs[0].tape();
        INDArray[] copies =
                Arrays.stream(inputs).map(input -> copy(input.value())).toArray(INDArray[]::new);
        INDArray output = operation.forward(copies);
        Tensor out = tape.arena().allocate(output.shape());
        Tiles.write(output.dup('c').data().asFloat(), out);
        Var result = tape.result(out, inputs);
        if (result.requiresGradient()) {
            tape.record(result, dy -> backward(tape, operation, inputs, copies, output, dy));
        }
        return result;
    }

    private static void backward(
            Tape tape, CustomOperation operation, Var[] inputs, INDArray[] copies, INDArray output, Tensor dy) {
        INDArray[] gradients = operation.backward(copies, output, copy(dy));
        for (int i = 0; i < inputs.length; i++) {
            if (inputs[i].requiresGradient()) {
                if (!Arrays.equals(gradients[i].shape(), inputs[i].shape())) {
                    throw new IllegalStateException(
                            operation + " gave a gradient of another shape than its input " + inputs[i]);
                }
                Tensor gradient = tape.arena().allocate(inputs[i].shape());
                Tiles.write(gradients[i].dup('c').data().asFloat(), gradient);
                tape.give(inputs[i], gradient);
            }
        }
    }

    private static INDArray copy(Tensor tensor) {
        return Nd4j.createFromArray(tensor.toArray()).reshape(tensor.shape());
    }
}
