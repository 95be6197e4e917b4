package dev.graft.transformer.model.onnx;

import dev.graft.peft.spi.file.FileFormatException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The operations and stored tensors of an ONNX file. */
final class OnnxGraph {
    private static final int MOST = 100_000;

    private final Path file;
    final List<OnnxNode> nodes = new ArrayList<>();
    final Map<String, OnnxTensor> tensors = new LinkedHashMap<>();
    private final Map<String, OnnxNode> byOutput = new HashMap<>();

    private OnnxGraph(Path file) {
        this.file = file;
    }

    static OnnxGraph read(Path file, ByteBuffer bytes) throws FileFormatException {
        OnnxGraph graph = new OnnxGraph(file);
        ProtoReader model = new ProtoReader(file, bytes);
        boolean found = false;
        while (model.next()) {
            if (model.field() == 7) {
                if (found) {
                    throw model.wrong("holds two graphs");
                }
                found = true;
                graph.read(model.message());
            }
        }
        if (!found) {
            throw model.wrong("holds no graph");
        }
        return graph;
    }

    private void read(ProtoReader graph) throws FileFormatException {
        while (graph.next()) {
            if (nodes.size() + tensors.size() > MOST) {
                throw graph.wrong("holds more than " + MOST + " operations and tensors");
            }
            if (graph.field() == 1) {
                OnnxNode node = OnnxNode.read(graph.message());
                nodes.add(node);
                byOutput.put(node.output(), node);
            } else if (graph.field() == 5) {
                OnnxTensor tensor = OnnxTensor.read(graph.message());
                if (tensors.put(tensor.name(), tensor) != null) {
                    throw graph.wrong("holds two tensors named '" + tensor.name() + "'");
                }
            }
        }
    }

    /** The operation of this path. */
    Optional<OnnxNode> node(String name) {
        return nodes.stream().filter(node -> node.name().equals(name)).findFirst();
    }

    /** The operation that makes an input of another. */
    Optional<OnnxNode> origin(OnnxNode node, int input) {
        return input < node.inputs().size()
                ? Optional.ofNullable(byOutput.get(node.inputs().get(input)))
                : Optional.empty();
    }

    /** The constant that an operation reads. */
    Optional<OnnxTensor> constant(OnnxNode node, int input) {
        return origin(node, input).map(OnnxNode::constant);
    }

    FileFormatException wrong(String problem) {
        return new FileFormatException(file, problem);
    }
}
