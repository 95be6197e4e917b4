package dev.graft.transformer.model.onnx;

import dev.graft.peft.spi.file.FileFormatException;
import java.util.ArrayList;
import java.util.List;

/**
 * An operation of the graph.
 *
 * @param operation such as MatMul
 * @param name its path, such as /encoder/layer.0/attention/self/query/MatMul
 * @param inputs names of what it reads
 * @param output name of its first result; empty if it has none
 * @param constant its value, for an operation without inputs; else null
 */
record OnnxNode(String operation, String name, List<String> inputs, String output, OnnxTensor constant) {
    private static final int MOST_INPUTS = 64;

    static OnnxNode read(ProtoReader message) throws FileFormatException {
        List<String> inputs = new ArrayList<>();
        String operation = "";
        String name = "";
        String output = "";
        OnnxTensor constant = null;
        while (message.next()) {
            switch (message.field()) {
                case 1 -> {
                    if (inputs.size() == MOST_INPUTS) {
                        throw message.wrong("an operation has more than " + MOST_INPUTS + " inputs");
                    }
                    inputs.add(message.text());
                }
                case 2 -> output = output.isEmpty() ? message.text() : output;
                case 3 -> name = message.text();
                case 4 -> operation = message.text();
                case 5 -> {
                    OnnxTensor value = value(message.message());
                    constant = value == null ? constant : value;
                }
                default -> {} // documentation
            }
        }
        return new OnnxNode(operation, name, List.copyOf(inputs), output, constant);
    }

    /** The tensor of an attribute, if it has one. */
    private static OnnxTensor value(ProtoReader attribute) throws FileFormatException {
        OnnxTensor value = null;
        while (attribute.next()) {
            if (attribute.field() == 5 && attribute.isBytes()) {
                value = OnnxTensor.read(attribute.message());
            }
        }
        return value;
    }
}
