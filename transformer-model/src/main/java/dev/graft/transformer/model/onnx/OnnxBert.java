package dev.graft.transformer.model.onnx;

import dev.graft.autograd.memory.Shapes;
import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.peft.spi.file.SafetensorsWriter;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * BERT in an ONNX file that PyTorch exported: most tensors have their own names; the weight of a linear layer has none,
 * lies transposed, and is found by the path of the MatMul that reads it.
 */
public final class OnnxBert {
    private static final String WORDS = "embeddings.word_embeddings.weight";

    /** A tensor with the shape that it has in PyTorch. */
    private record Weight(long[] shape, OnnxTensor tensor, boolean isTransposed) {}

    private final OnnxGraph graph;
    private final Map<String, Weight> weights = new TreeMap<>();
    private final Map<String, Object> config = new LinkedHashMap<>();

    private OnnxBert(OnnxGraph graph) throws FileFormatException {
        this.graph = graph;
        collect();
        configure();
        check();
    }

    /**
     * Reads a file's content.
     *
     * @param file to name in messages
     * @throws FileFormatException if it is damaged or holds no BERT in float32
     */
    public static OnnxBert read(Path file, ByteBuffer bytes) throws FileFormatException {
        return new OnnxBert(OnnxGraph.read(file, bytes));
    }

    /** The sizes, with the keys of Hugging Face's config.json. */
    public Map<String, Object> config() {
        return new LinkedHashMap<>(config);
    }

    /** Adds all tensors, by the names and with the shapes that Hugging Face's BertModel has. */
    public void addTo(SafetensorsWriter writer) {
        weights.forEach((name, weight) -> writer.add(
                name, weight.shape, weight.isTransposed ? weight.tensor.transposed() : weight.tensor.values()));
    }

    private void collect() throws FileFormatException {
        for (OnnxNode node : graph.nodes) {
            if (node.operation().contains("Quantize") || node.operation().endsWith("Integer")) {
                throw graph.wrong("is quantised (operation " + node.operation() + "); Graft needs float32");
            }
            OnnxTensor right =
                    node.inputs().size() == 2 ? graph.tensors.get(node.inputs().get(1)) : null;
            if (node.operation().equals("MatMul") && right != null && right.shape().length == 2) {
                String name = node.name()
                                .replaceFirst("^/", "")
                                .replaceFirst("/MatMul$", "")
                                .replace('/', '.') + ".weight";
                if (weights.put(name, new Weight(new long[] {right.shape()[1], right.shape()[0]}, right, true))
                        != null) {
                    throw graph.wrong("holds two products named " + node.name());
                }
            }
        }
        Set<OnnxTensor> used = Collections.newSetFromMap(new IdentityHashMap<>());
        weights.values().forEach(weight -> used.add(weight.tensor));
        for (OnnxTensor tensor : graph.tensors.values()) {
            if (tensor.type() != OnnxTensor.INT64 && !used.contains(tensor)) {
                weights.put(tensor.name(), new Weight(tensor.shape(), tensor, false));
            }
        }
    }

    private void configure() throws FileFormatException {
        int layers = 0;
        while (weights.containsKey("encoder.layer." + layers + ".attention.self.query.weight")) {
            layers++;
        }
        long hidden = extent(WORDS, 1);
        config.put("architectures", List.of("BertModel"));
        config.put("attention_probs_dropout_prob", 0.1);
        config.put("hidden_act", activation());
        config.put("hidden_dropout_prob", 0.1);
        config.put("hidden_size", hidden);
        config.put("initializer_range", 0.02);
        config.put("intermediate_size", extent("encoder.layer.0.intermediate.dense.weight", 0));
        config.put("layer_norm_eps", epsilon());
        config.put("max_position_embeddings", extent("embeddings.position_embeddings.weight", 0));
        config.put("model_type", "bert");
        config.put("num_attention_heads", heads(hidden));
        config.put("num_hidden_layers", layers);
        config.put("pad_token_id", 0);
        config.put("position_embedding_type", "absolute");
        config.put("torch_dtype", "float32");
        config.put("type_vocab_size", extent("embeddings.token_type_embeddings.weight", 0));
        config.put("use_cache", true);
        config.put("vocab_size", extent(WORDS, 0));
    }

    private long extent(String name, int dimension) throws FileFormatException {
        Weight weight = weights.get(name);
        if (weight == null || weight.shape.length != 2) {
            throw graph.wrong("holds no matrix '" + name + "': it is no BERT");
        }
        return weight.shape[dimension];
    }

    private String activation() throws FileFormatException {
        String path = "/encoder/layer.0/intermediate/intermediate_act_fn/Erf";
        if (graph.node(path).filter(node -> node.operation().equals("Erf")).isEmpty()) {
            throw graph.wrong("has no operation " + path + ": it is no BERT with exact GELU");
        }
        return "gelu";
    }

    /** The constant that the first norm adds to the variance; 1e-12 where the export folded it away. */
    private double epsilon() {
        return graph.node("/embeddings/LayerNorm/Add")
                .flatMap(node -> graph.constant(node, 1))
                .map(OnnxTensor::oneFloat)
                .filter(value -> value > 0 && value < 1)
                .map(value -> Double.parseDouble(Float.toString(value)))
                .orElse(1e-12);
    }

    /** From the shape to which keys are split: [batch, time, heads, features of a head]. */
    private long heads(long hidden) throws FileFormatException {
        return graph.node("/encoder/layer.0/attention/self/Reshape")
                .flatMap(node -> graph.origin(node, 1))
                .filter(shape -> shape.inputs().size() == 4)
                .flatMap(shape -> graph.constant(shape, 2)
                        .map(OnnxTensor::oneWhole)
                        .filter(heads -> graph.constant(shape, 3)
                                .map(OnnxTensor::oneWhole)
                                .filter(size -> heads > 0 && size > 0 && hidden % heads == 0 && hidden / heads == size)
                                .isPresent()))
                .orElseThrow(() -> graph.wrong("does not say how many attention heads it has"));
    }

    /** Every tensor of a BERT is there with its shape, and nothing else. */
    private void check() throws FileFormatException {
        Map<String, long[]> wanted = BertTensors.shapes(config, weights.containsKey("pooler.dense.weight"));
        for (Map.Entry<String, long[]> want : wanted.entrySet()) {
            Weight weight = weights.get(want.getKey());
            if (weight == null) {
                throw graph.wrong("holds no tensor '" + want.getKey() + "': it is no BERT");
            }
            if (!weight.tensor.isFloats() || !Arrays.equals(weight.shape, want.getValue())) {
                throw graph.wrong("tensor '" + want.getKey() + "' of shape " + Shapes.text(weight.shape)
                        + " should hold float32 of shape " + Shapes.text(want.getValue()));
            }
        }
        for (String name : weights.keySet()) {
            if (!wanted.containsKey(name)) {
                throw graph.wrong("holds the tensor '" + name + "', which BERT does not have");
            }
        }
    }
}
