package dev.graft.transformer.model.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.autograd.memory.Tensor;
import dev.graft.peft.spi.file.FileFormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ReadOnlyBufferException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {
    private static final Path PARITY = Path.of("src/test/resources/parity/bert");

    @TempDir
    Path folder;

    @Test
    void aMappedTensorIsReadAndNeverWritten() throws IOException {
        try (Checkpoint base = Checkpoint.open(PARITY.resolve("gelu/base"))) {
            Tensor words = base.tensor("bert.embeddings.word_embeddings.weight", 99, 32);
            assertTrue(words.isReadOnly());
            assertSame(words, base.tensor("bert.embeddings.word_embeddings.weight"));
            assertThrows(IllegalStateException.class, words::writable);
            assertThrows(ReadOnlyBufferException.class, () -> words.buffer().put(0, 1f));
            words.array().addi(1);
            assertEquals(words.buffer().get(words.offset()), words.toArray()[0]);
        }
    }

    @Test
    void anotherShapeOrAMissingTensorIsNamed() throws IOException {
        try (Checkpoint base = Checkpoint.open(PARITY.resolve("gelu/base"))) {
            var shape = assertThrows(
                    FileFormatException.class, () -> base.tensor("bert.embeddings.word_embeddings.weight", 99, 33));
            assertTrue(shape.getMessage().contains("[99, 32], but the configuration asks for [99, 33]"));
            var missing =
                    assertThrows(FileFormatException.class, () -> base.tensor("embeddings.word_embeddings.weight"));
            assertTrue(missing.getMessage().contains("there: bert.embeddings.word_embeddings.weight"));
        }
    }

    @Test
    void shardsAreOneCheckpoint() throws IOException {
        try (Checkpoint base = Checkpoint.open(PARITY.resolve("gelu-new-shards/base"))) {
            assertEquals(4, base.files().size());
            assertEquals(14243, base.parameters());
            assertEquals(24, base.tensor("bert.pooler.dense.weight").size(0));
        }
    }

    @Test
    void wholeNumbersArePassedOver() throws IOException {
        try (Checkpoint base = Checkpoint.open(PARITY.resolve("bare/base"))) {
            assertFalse(base.has("embeddings.position_ids"));
            assertTrue(base.has("embeddings.position_embeddings.weight"));
        }
    }

    @Test
    void otherFloatsAreConvertedOnceAndFrozen() throws IOException {
        short[] halves = {0x3c00, (short) 0xc000, 1, (short) 0x8000, 0x7bff, 0x7c00, 0x03ff};
        float[] asF16 = {1, -2, 0x1p-24f, -0f, 65504, Float.POSITIVE_INFINITY, 1023 * 0x1p-24f};
        float[] asBf16 = new float[halves.length];
        for (int i = 0; i < halves.length; i++) {
            asBf16[i] = Float.intBitsToFloat(halves[i] << 16);
        }
        ByteBuffer data = ByteBuffer.allocate(16 + 14 + 14).order(ByteOrder.LITTLE_ENDIAN);
        data.putDouble(0.1).putDouble(-3);
        for (int twice = 0; twice < 2; twice++) {
            for (short half : halves) {
                data.putShort(half);
            }
        }
        write(
                "{\"d\":{\"dtype\":\"F64\",\"shape\":[2],\"data_offsets\":[0,16]},"
                        + "\"h\":{\"dtype\":\"F16\",\"shape\":[7],\"data_offsets\":[16,30]},"
                        + "\"b\":{\"dtype\":\"BF16\",\"shape\":[7],\"data_offsets\":[30,44]}}",
                data);
        try (Checkpoint base = Checkpoint.open(folder)) {
            assertArrayEquals(new float[] {0.1f, -3}, base.tensor("d").toArray());
            assertArrayEquals(asF16, base.tensor("h").toArray());
            assertArrayEquals(asBf16, base.tensor("b").toArray());
            for (String name : base.names()) {
                Tensor tensor = base.tensor(name);
                assertSame(tensor, base.tensor(name));
                assertTrue(tensor.isReadOnly());
                assertThrows(IllegalStateException.class, tensor::writable);
                assertThrows(
                        ReadOnlyBufferException.class, () -> tensor.buffer().put(0, 1f));
                tensor.array().addi(1);
            }
            assertEquals(0.1f, base.tensor("d").toArray()[0]);
        }
    }

    @Test
    void floatsThatAreNotAlignedWork() throws IOException {
        ByteBuffer data = ByteBuffer.allocate(9).order(ByteOrder.LITTLE_ENDIAN);
        data.put((byte) 1).putFloat(1.5f).putFloat(-2.5f);
        write(
                "{\"n\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
                        + "\"f\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[1,9]}}",
                data);
        try (Checkpoint base = Checkpoint.open(folder)) {
            assertArrayEquals(new float[] {1.5f, -2.5f}, base.tensor("f").toArray());
            assertEquals(0, base.tensor("f").address() % Float.BYTES);
        }
    }

    @Test
    void aPickleIsRefusedWithTheWayOut() throws IOException {
        Files.write(folder.resolve("pytorch_model.bin"), new byte[8]);
        var error = assertThrows(FileFormatException.class, () -> Checkpoint.open(folder));
        assertTrue(error.getMessage().contains("pickle") && error.getMessage().contains("safe_serialization=True"));
    }

    @Test
    void manyThreadsGetTheSameMemory() throws IOException {
        try (Checkpoint base = Checkpoint.open(PARITY.resolve("bf16/base"))) {
            String name = base.names().first();
            Set<Long> addresses = IntStream.range(0, 64)
                    .parallel()
                    .mapToObj(i -> {
                        try {
                            return base.tensor(name).address();
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    })
                    .collect(Collectors.toSet());
            assertEquals(1, addresses.size());
        }
    }

    private void write(String header, ByteBuffer data) throws IOException {
        // The header's length decides how the data are aligned: here to four bytes.
        String padded = header + " ".repeat((8 - header.length() % 8) % 8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + padded.length() + data.capacity());
        bytes.order(ByteOrder.LITTLE_ENDIAN).putLong(padded.length());
        bytes.put(padded.getBytes(StandardCharsets.UTF_8)).put(data.array());
        Files.write(folder.resolve("model.safetensors"), bytes.array());
    }
}
