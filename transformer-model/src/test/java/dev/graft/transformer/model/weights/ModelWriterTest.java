package dev.graft.transformer.model.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.graft.autograd.memory.Tensor;
import dev.graft.transformer.model.ModelConfig;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelWriterTest {
    private static final Path PARITY = Path.of("src/test/resources/parity/bert");

    @TempDir
    Path folder;

    @Test
    void anUnchangedModelComesOutByteForByte() throws IOException {
        Path from = PARITY.resolve("gelu/base");
        Path to = write(from);
        assertEquals(-1, Files.mismatch(from.resolve("model.safetensors"), to.resolve("model.safetensors")));
        assertEquals(-1, Files.mismatch(from.resolve("tokenizer.json"), to.resolve("tokenizer.json")));
        assertEquals(ModelConfig.read(from), ModelConfig.read(to));
    }

    @Test
    void anotherTypeBecomesFloat32() throws IOException {
        Path to = write(PARITY.resolve("bf16/base"));
        assertEquals("float32", ModelConfig.read(to).json().get("dtype"));
        try (Checkpoint from = Checkpoint.open(PARITY.resolve("bf16/base"));
                Checkpoint written = Checkpoint.open(to)) {
            for (String name : from.names()) {
                assertArrayEquals(
                        from.tensor(name).toArray(), written.tensor(name).toArray());
            }
        }
    }

    @Test
    void aTransposedViewIsWrittenAsItIsSeen() throws IOException {
        try (Checkpoint base = Checkpoint.open(PARITY.resolve("gelu/base"))) {
            Tensor seen = base.tensor("bert.encoder.layer.0.intermediate.dense.weight")
                    .transposed();
            Path to = folder.resolve("out");
            ModelWriter.write(to, ModelConfig.read(base.directory()).json(), base.directory(), Map.of("w", seen));
            try (Checkpoint written = Checkpoint.open(to)) {
                assertArrayEquals(seen.shape(), written.shape("w"));
                assertArrayEquals(seen.toArray(), written.tensor("w").toArray());
            }
        }
    }

    @Test
    void aFolderInUseIsRefusedAndAFailureLeavesNothing() throws IOException {
        Path from = PARITY.resolve("gelu/base");
        Files.writeString(folder.resolve("mine"), "x");
        assertThrows(
                FileAlreadyExistsException.class,
                () -> ModelWriter.write(folder, ModelConfig.read(from).json(), from, Map.of()));
        try (Checkpoint base = Checkpoint.open(from)) {
            // It is larger than it says: reading it fails half-way.
            Tensor tensor =
                    base.tensor("bert.pooler.dense.weight").view(0, new long[] {99, 99_999}, new long[] {99_999, 1});
            assertThrows(
                    IndexOutOfBoundsException.class,
                    () -> ModelWriter.write(
                            folder.resolve("out"), ModelConfig.read(from).json(), from, Map.of("w", tensor)));
        }
        assertFalse(Files.exists(folder.resolve("out")));
    }

    private Path write(Path from) throws IOException {
        Path to = folder.resolve("out");
        try (Checkpoint base = Checkpoint.open(from)) {
            Map<String, Tensor> tensors = new TreeMap<>();
            for (String name : base.names()) {
                tensors.put(name, base.tensor(name));
            }
            ModelWriter.write(to, ModelConfig.read(from).json(), from, tensors);
        }
        return to;
    }
}
