package dev.graft.transformer.model.onnx;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Builds the ONNX file of a BERT with one layer, two heads of two features, five words; tests change its parts. */
public final class TinyOnnx {
    static final int FLOAT = 1;
    private static final String LAYER = "encoder.layer.0.";

    final Map<String, byte[]> tensors = new LinkedHashMap<>();
    final List<byte[]> nodes = new ArrayList<>();
    private int anonymous;

    /** A BERT. */
    public static TinyOnnx bert() {
        TinyOnnx onnx = new TinyOnnx();
        onnx.floats("embeddings.word_embeddings.weight", 5, 4);
        onnx.floats("embeddings.position_embeddings.weight", 6, 4);
        onnx.floats("embeddings.token_type_embeddings.weight", 2, 4);
        onnx.norm("embeddings.LayerNorm");
        for (String name : List.of("query", "key", "value")) {
            onnx.linear(LAYER + "attention.self." + name, 4, 4);
        }
        onnx.linear(LAYER + "attention.output.dense", 4, 4);
        onnx.norm(LAYER + "attention.output.LayerNorm");
        onnx.linear(LAYER + "intermediate.dense", 4, 3);
        onnx.linear(LAYER + "output.dense", 3, 4);
        onnx.norm(LAYER + "output.LayerNorm");
        onnx.tensors.put("position_ids", tensor("position_ids", 7, longs(0, 1, 2, 3, 4, 5), 1, 6));
        onnx.node("Erf", "/encoder/layer.0/intermediate/intermediate_act_fn/Erf", List.of("x"), "erf");
        onnx.constant("two", tensor("", 7, longs(2)));
        onnx.constant("eps", tensor("", FLOAT, floats(1e-5f)));
        onnx.node("Add", "/embeddings/LayerNorm/Add", List.of("variance", "eps"), "y");
        onnx.node("Concat", "/shape", List.of("b", "t", "two", "two"), "shape");
        onnx.node("Reshape", "/encoder/layer.0/attention/self/Reshape", List.of("k", "shape"), "split");
        return onnx;
    }

    /** A graph without BERT in it. */
    static TinyOnnx other() {
        TinyOnnx onnx = new TinyOnnx();
        onnx.floats("conv.weight", 3, 3);
        onnx.node("Conv", "/conv", List.of("image", "conv.weight"), "y");
        return onnx;
    }

    void floats(String name, int... shape) {
        int size = 1;
        for (int extent : shape) {
            size *= extent;
        }
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = i + name.length();
        }
        tensors.put(name, tensor(name, FLOAT, floats(values), shape));
    }

    void norm(String name) {
        floats(name + ".weight", 4);
        floats(name + ".bias", 4);
    }

    void linear(String name, int in, int out) {
        String weight = "onnx::MatMul_" + anonymous++;
        floats(weight, in, out);
        floats(name + ".bias", out);
        node(
                "MatMul",
                "/" + name.replace("layer.0", "layer_0").replace('.', '/').replace("layer_0", "layer.0") + "/MatMul",
                List.of("x", weight),
                name);
    }

    void constant(String output, byte[] tensor) {
        nodes.add(message(
                bytes(2, output), bytes(4, "Constant"), bytes(5, message(bytes(1, "value"), bytes(5, tensor)))));
    }

    void node(String operation, String name, List<String> inputs, String output) {
        ByteArrayOutputStream node = new ByteArrayOutputStream();
        inputs.forEach(input -> node.writeBytes(bytes(1, input)));
        nodes.add(message(node.toByteArray(), bytes(2, output), bytes(3, name), bytes(4, operation)));
    }

    byte[] graph() {
        ByteArrayOutputStream graph = new ByteArrayOutputStream();
        nodes.forEach(node -> graph.writeBytes(bytes(1, node)));
        tensors.values().forEach(tensor -> graph.writeBytes(bytes(5, tensor)));
        return graph.toByteArray();
    }

    /** The content of the file. */
    public byte[] file() {
        return message(number(1, 6), bytes(2, "pytorch"), bytes(7, graph()));
    }

    static byte[] tensor(String name, int type, byte[] raw, int... shape) {
        ByteArrayOutputStream tensor = new ByteArrayOutputStream();
        for (int extent : shape) {
            tensor.writeBytes(number(1, extent));
        }
        return message(tensor.toByteArray(), number(2, type), bytes(8, name), bytes(9, raw));
    }

    static byte[] floats(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }

    static byte[] longs(long... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * 8).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(values);
        return bytes.array();
    }

    static byte[] message(byte[]... fields) {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        for (byte[] field : fields) {
            message.writeBytes(field);
        }
        return message.toByteArray();
    }

    static byte[] number(int field, long value) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        varint(bytes, field << 3);
        varint(bytes, value);
        return bytes.toByteArray();
    }

    static byte[] bytes(int field, String text) {
        return bytes(field, text.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] bytes(int field, byte[] content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        varint(bytes, field << 3 | 2);
        varint(bytes, content.length);
        bytes.writeBytes(content);
        return bytes.toByteArray();
    }

    private static void varint(ByteArrayOutputStream to, long value) {
        for (long rest = value; ; rest >>>= 7) {
            if ((rest & ~0x7f) == 0) {
                to.write((int) rest);
                return;
            }
            to.write((int) (rest & 0x7f | 0x80));
        }
    }
}
