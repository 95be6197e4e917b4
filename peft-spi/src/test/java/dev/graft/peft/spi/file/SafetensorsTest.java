package dev.graft.peft.spi.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ReadOnlyBufferException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsTest {
    @TempDir
    Path folder;

    @Test
    void whatIsWrittenIsReadAgainAndWritesTheSameBytes() throws IOException {
        Path first = folder.resolve("first.safetensors");
        float[] large = new float[200_003];
        Random random = new Random(1);
        for (int i = 0; i < large.length; i++) {
            large[i] = random.nextFloat();
        }
        new SafetensorsWriter()
                .add("b.large", new long[] {large.length}, large)
                .add("a", new long[] {2, 3}, new float[] {1, 2, 3, 4, 5, -0f})
                .add("scalar", new long[0], new float[] {7})
                .add("none", new long[] {0, 4}, new float[0])
                .write(first);
        Path second = folder.resolve("second.safetensors");
        try (SafetensorsFile file = SafetensorsFile.open(first)) {
            assertEquals(List.of("a", "b.large", "none", "scalar"), List.copyOf(file.names()));
            assertEquals(Map.of("format", "pt"), file.metadata());
            assertArrayEquals(new long[] {2, 3}, file.entry("a").shape());
            assertArrayEquals(new float[] {1, 2, 3, 4, 5, -0f}, file.floats("a"));
            assertArrayEquals(large, file.floats("b.large"));
            assertEquals(0, file.bytes("none").remaining());
            SafetensorsWriter again = new SafetensorsWriter();
            for (String name : file.names()) {
                again.add(name, file.entry(name).shape(), file.floats(name));
            }
            again.write(second);
        }
        assertEquals(-1, Files.mismatch(first, second));
    }

    @Test
    void theHeaderIsLaidOutAsThePythonLibraryDoes() throws IOException {
        Path path = folder.resolve("x.safetensors");
        new SafetensorsWriter().add("w", new long[] {1, 2}, new float[] {1, 2}).write(path);
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
        String header =
                "{\"__metadata__\":{\"format\":\"pt\"},\"w\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]}}";
        assertEquals((header.length() + 7L) / 8 * 8, bytes.getLong());
        assertEquals(header, new String(bytes.array(), 8, header.length(), StandardCharsets.UTF_8));
        assertEquals(0, (bytes.capacity() - 8) % 8);
        assertEquals(2f, bytes.getFloat(bytes.capacity() - 4));
    }

    @Test
    void buffersCannotBeWritten() throws IOException {
        Path path = folder.resolve("x.safetensors");
        new SafetensorsWriter().add("w", new long[] {2}, new float[] {1, 2}).write(path);
        SafetensorsFile file = SafetensorsFile.open(path);
        ByteBuffer bytes = file.bytes("w");
        assertTrue(bytes.isDirect() && bytes.isReadOnly());
        assertEquals(2f, bytes.getFloat(4));
        assertThrows(ReadOnlyBufferException.class, () -> bytes.putFloat(0, 3));
        file.close();
        assertThrows(IllegalStateException.class, () -> file.bytes("w"));
        assertEquals(1f, bytes.getFloat(0));
    }

    /** A sparse file: it has the size, but takes no room on the disk. */
    @Test
    void filesOfMoreThanTwoGigabytesAreMappedInPieces() throws IOException {
        long[] sizes = {1_500_000_000L, 1_500_000_000L, 2_500_000_000L, 5};
        StringBuilder header = new StringBuilder("{");
        long end = 0;
        for (int i = 0; i < sizes.length; i++) {
            header.append("\"t%d\":{\"dtype\":\"U8\",\"shape\":[%d],\"data_offsets\":[%d,%d]}%s"
                    .formatted(i, sizes[i], end, end + sizes[i], i < sizes.length - 1 ? "," : "}"));
            end += sizes[i];
        }
        Path path = folder.resolve("large.safetensors");
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.writeLong(Long.reverseBytes(header.length()));
            file.writeBytes(header.toString());
            file.setLength(8 + header.length() + end);
            file.seek(8 + header.length() + 3_000_000_000L - 1);
            file.write(77);
            file.seek(8 + header.length() + end - 1);
            file.write(78);
        }
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertEquals(0, file.bytes("t0").get(0));
            assertEquals(77, file.bytes("t1").get(1_499_999_999));
            assertEquals(78, file.bytes("t3").get(4));
            var error = assertThrows(FileFormatException.class, () -> file.bytes("t2"));
            assertTrue(error.getMessage().contains("'t2' has 2500000000 bytes"), error.getMessage());
        }
    }

    @Test
    void wrongUseOfTheWriterIsRefused() {
        SafetensorsWriter writer = new SafetensorsWriter().add("w", new long[] {2}, new float[2]);
        assertThrows(IllegalArgumentException.class, () -> writer.add("w", new long[] {2}, new float[2]));
        assertThrows(IllegalArgumentException.class, () -> writer.add("v", new long[] {3}, new float[2]));
        assertThrows(IllegalArgumentException.class, () -> writer.add("v", new long[] {-1, -2}, new float[2]));
        assertThrows(IllegalArgumentException.class, () -> writer.add("__metadata__", new long[] {2}, new float[2]));
    }

    @Test
    void aMissingTensorIsNamed() throws IOException {
        Path path = folder.resolve("x.safetensors");
        new SafetensorsWriter().add("w", new long[] {2}, new float[2]).write(path);
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            var error = assertThrows(FileFormatException.class, () -> file.bytes("v"));
            assertTrue(error.getMessage().contains("'v'; it holds w"), error.getMessage());
        }
    }
}
