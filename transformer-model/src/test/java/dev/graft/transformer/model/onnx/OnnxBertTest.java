package dev.graft.transformer.model.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.peft.spi.file.SafetensorsFile;
import dev.graft.peft.spi.file.SafetensorsWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxBertTest {
    private static final Path NAME = Path.of("tiny.onnx");

    @Test
    void sizesComeFromTheGraph() throws IOException {
        var config = read(TinyOnnx.bert()).config();
        assertEquals(5L, config.get("vocab_size"));
        assertEquals(6L, config.get("max_position_embeddings"));
        assertEquals(4L, config.get("hidden_size"));
        assertEquals(3L, config.get("intermediate_size"));
        assertEquals(2L, config.get("num_attention_heads"));
        assertEquals(1, config.get("num_hidden_layers"));
        assertEquals(1e-5, config.get("layer_norm_eps"));
    }

    @Test
    void anonymousWeightsAreNamedAndTurned(@TempDir Path folder) throws IOException {
        SafetensorsWriter writer = new SafetensorsWriter();
        read(TinyOnnx.bert()).addTo(writer);
        Path file = folder.resolve("x.safetensors");
        writer.write(file);
        try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
            assertEquals(5 + 6 * 2 + 2 * 2, tensors.names().size());
            assertArrayEquals(
                    new long[] {3, 4},
                    tensors.entry("encoder.layer.0.intermediate.dense.weight").shape());
            // stored as [4, 3]: 14 15 16 / 17 18 19 / 20 21 22 / 23 24 25
            assertArrayEquals(
                    new float[] {14, 17, 20, 23, 15, 18, 21, 24, 16, 19, 22, 25},
                    tensors.floats("encoder.layer.0.intermediate.dense.weight"));
            assertArrayEquals(new float[] {27, 28, 29, 30}, tensors.floats("embeddings.LayerNorm.weight"));
        }
    }

    @Test
    void aPoolerIsTakenAlong(@TempDir Path folder) throws IOException {
        TinyOnnx onnx = TinyOnnx.bert();
        onnx.floats("pooler.dense.weight", 4, 4);
        onnx.floats("pooler.dense.bias", 4);
        onnx.node("Gemm", "/pooler/dense/Gemm", List.of("x", "pooler.dense.weight", "pooler.dense.bias"), "pooled");
        SafetensorsWriter writer = new SafetensorsWriter();
        read(onnx).addTo(writer);
        writer.write(folder.resolve("x"));
        try (SafetensorsFile tensors = SafetensorsFile.open(folder.resolve("x"))) {
            assertArrayEquals(new float[] {17, 18, 19, 20}, tensors.floats("pooler.dense.bias"));
        }
    }

    @Test
    void anotherModelIsRefused() {
        refused(TinyOnnx.other(), "it is no BERT");
        for (String name : TinyOnnx.bert().tensors.keySet()) {
            if (!name.equals("position_ids")) {
                TinyOnnx onnx = TinyOnnx.bert();
                onnx.tensors.remove(name);
                refused(onnx, "tiny.onnx: ");
            }
        }
        TinyOnnx extra = TinyOnnx.bert();
        extra.floats("classifier.weight", 2, 4);
        refused(extra, "'classifier.weight', which BERT does not have");
    }

    @Test
    void aQuantisedModelIsRefused() {
        TinyOnnx onnx = TinyOnnx.bert();
        onnx.node("MatMulInteger", "/q", List.of("x", "w"), "y");
        refused(onnx, "quantised");
        TinyOnnx half = TinyOnnx.bert();
        half.tensors.put("embeddings.LayerNorm.bias", TinyOnnx.tensor("embeddings.LayerNorm.bias", 10, new byte[8], 4));
        refused(half, "should hold float32");
    }

    @Test
    void tensorsOfAnotherSizeAreRefused() {
        for (int[] shape : new int[][] {{5}, {3}, {2, 2}, {1 << 30, 1 << 30, 1 << 30}, {1, 1, 1, 1, 1, 1, 1, 1, 4}}) {
            TinyOnnx onnx = TinyOnnx.bert();
            String name = "embeddings.LayerNorm.bias";
            onnx.tensors.put(name, TinyOnnx.tensor(name, TinyOnnx.FLOAT, new byte[16], shape));
            refused(onnx, "tiny.onnx: ");
        }
    }

    @Test
    void anUnknownNumberOfHeadsIsRefused() {
        TinyOnnx onnx = TinyOnnx.bert();
        onnx.nodes.remove(onnx.nodes.size() - 1);
        refused(onnx, "attention heads");
    }

    @Test
    void aFileCutAnywhereIsRefused() {
        byte[] whole = TinyOnnx.bert().file();
        for (int length = 0; length < whole.length; length++) {
            ByteBuffer cut = ByteBuffer.wrap(Arrays.copyOf(whole, length));
            assertThrows(FileFormatException.class, () -> OnnxBert.read(NAME, cut));
        }
    }

    @Test
    void lengthsBeyondTheFileAreRefused() {
        byte[] huge = {0x3a, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x07};
        byte[] endless = new byte[20];
        Arrays.fill(endless, (byte) 0xff);
        byte[] negative = TinyOnnx.message(new byte[] {0x3a}, TinyOnnx.number(0, -1));
        for (byte[] bytes : List.of(
                huge, endless, negative, "not ONNX".getBytes(StandardCharsets.UTF_8), new byte[] {0x3b}, new byte[] {0
                })) {
            assertThrows(FileFormatException.class, () -> OnnxBert.read(NAME, ByteBuffer.wrap(bytes)));
        }
    }

    /** Two bytes of file per operation must not become hundreds of bytes of heap. */
    @Test
    void millionsOfEmptyOperationsAreRefused() {
        byte[] many = new byte[2_000_000];
        for (int i = 0; i < many.length; i += 2) {
            many[i] = 0x0a;
        }
        var error = assertThrows(
                FileFormatException.class,
                () -> OnnxBert.read(NAME, ByteBuffer.wrap(TinyOnnx.message(TinyOnnx.bytes(7, many)))));
        assertTrue(error.getMessage().contains("more than 100000"), error.getMessage());
    }

    private static OnnxBert read(TinyOnnx onnx) throws IOException {
        return OnnxBert.read(NAME, ByteBuffer.wrap(onnx.file()));
    }

    private static void refused(TinyOnnx onnx, String reason) {
        var error = assertThrows(FileFormatException.class, () -> read(onnx));
        assertTrue(error.getMessage().contains(reason), error.getMessage());
    }
}
