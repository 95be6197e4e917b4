package dev.graft.transformer.model.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.autograd.memory.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Matrices of a frozen base in fewer bits. */
class CompactionTest {
    private static final Path PARITY = Path.of("src/test/resources/parity/bert");
    private static final String WORDS = "bert.embeddings.word_embeddings.weight";

    @TempDir
    Path folder;

    private static float[] values(String base, Compaction compaction, long bytes) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(PARITY.resolve(base).resolve("base"), compaction)) {
            Tensor words = checkpoint.tensor(WORDS);
            assertEquals(bytes, words.storedBytes());
            assertEquals(bytes < words.length() * 4, words.isCompact());
            String norm = "bert.embeddings.LayerNorm.weight";
            assertFalse(checkpoint.tensor(norm).isCompact(), "vectors are floats");
            Fingerprint.verify(checkpoint, Fingerprint.compute(checkpoint));
            return words.toArray();
        }
    }

    @Test
    void halvesAreRoundedToTheNearest() throws IOException {
        float[] whole = values("gelu", Compaction.F32, 99 * 32 * 4);
        float[] halves = values("gelu", Compaction.BF16, 99 * 32 * 2);
        for (int i = 0; i < whole.length; i++) {
            assertEquals(0, Float.floatToRawIntBits(halves[i]) & 0xffff);
            assertEquals(whole[i], halves[i], Math.abs(whole[i]) / 256, "value " + i);
        }
    }

    @Test
    void halvesOfAFileStayAsTheyAre() throws IOException {
        assertArrayEquals(values("bf16", Compaction.F32, 99 * 16 * 4), values("bf16", Compaction.BF16, 99 * 16 * 2));
    }

    @Test
    void bytesHaveAFactorARow() throws IOException {
        float[] whole = values("gelu", Compaction.F32, 99 * 32 * 4);
        float[] bytes = values("gelu", Compaction.INT8, 99 * 32);
        for (int row = 0; row < 99; row++) {
            float most = 0;
            for (int i = row * 32; i < row * 32 + 32; i++) {
                most = Math.max(most, Math.abs(whole[i]));
            }
            for (int i = row * 32; i < row * 32 + 32; i++) {
                assertEquals(whole[i], bytes[i], most / 127 * 0.501, "value " + i);
            }
        }
    }

    @Test
    void bytesWithAScaleARowAreReadFromAFile() throws IOException {
        String header = "{\"a.weight\":{\"dtype\":\"I8\",\"shape\":[2,3],\"data_offsets\":[8,14]},"
                + "\"a.SCB\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
                + "\"ids\":{\"dtype\":\"I8\",\"shape\":[2],\"data_offsets\":[14,16]}}";
        ByteBuffer file = ByteBuffer.allocate(8 + header.length() + 16).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(header.length()).put(header.getBytes(StandardCharsets.UTF_8));
        file.putFloat(127f).putFloat(254f).put(new byte[] {1, -2, 127, 10, 0, -128, 7, 7});
        Files.write(folder.resolve("model.safetensors"), file.array());
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertTrue(checkpoint.tensor("a.weight", 2, 3).isCompact());
            assertArrayEquals(
                    new float[] {1, -2, 127, 20, 0, -256},
                    checkpoint.tensor("a.weight").toArray());
            assertFalse(checkpoint.has("ids"), "whole numbers of another kind are passed over");
        }
        try (Checkpoint checkpoint = Checkpoint.open(folder, Compaction.F32)) {
            assertArrayEquals(
                    new float[] {1, -2, 127, 20, 0, -256},
                    checkpoint.tensor("a.weight").toArray());
            assertFalse(checkpoint.tensor("a.weight").isCompact());
        }
    }
}
