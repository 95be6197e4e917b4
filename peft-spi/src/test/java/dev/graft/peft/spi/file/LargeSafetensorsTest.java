package dev.graft.peft.spi.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of many gigabytes, with holes in place of most values: they take no room on the disk. */
class LargeSafetensorsTest {
    private static final long HALF = 400_000_000; // floats: 1.6 GB
    private static final long TOO_MANY = 600_000_000; // floats: 2.4 GB

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void write() throws IOException {
        StringBuilder header = new StringBuilder("{");
        long end = append(header, "first", 0, 4);
        end = append(header, "half", end, HALF);
        end = append(header, "other_half", end, HALF);
        end = append(header, "huge", end, TOO_MANY);
        end = append(header, "last", end, 4);
        header.setCharAt(header.length() - 1, '}');
        header.append(" ".repeat((8 - header.length() % 8) % 8));
        byte[] text = header.toString().getBytes(StandardCharsets.US_ASCII);
        file = folder.resolve("large.safetensors");
        try (FileChannel to = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer start = ByteBuffer.allocate(8 + text.length + 16).order(ByteOrder.LITTLE_ENDIAN);
            start.putLong(text.length).put(text);
            start.putFloat(1).putFloat(2).putFloat(3).putFloat(4).flip();
            to.write(start, 0);
            ByteBuffer last = ByteBuffer.allocate(20).order(ByteOrder.LITTLE_ENDIAN);
            last.putFloat(9).putFloat(5).putFloat(6).putFloat(7).putFloat(8).flip();
            to.write(last, 8 + text.length + end - 20);
        }
    }

    private static long append(StringBuilder header, String name, long begin, long floats) {
        long end = begin + floats * Float.BYTES;
        header.append("\"%s\":{\"dtype\":\"F32\",\"shape\":[%d],\"data_offsets\":[%d,%d]},"
                .formatted(name, floats, begin, end));
        return end;
    }

    @Test
    void tensorsBehindTwoGigabytesAreRead() throws IOException {
        try (SafetensorsFile opened = SafetensorsFile.open(file)) {
            assertArrayEquals(new float[] {1, 2, 3, 4}, opened.floats("first"));
            assertArrayEquals(new float[] {5, 6, 7, 8}, opened.floats("last"));
            for (String half : new String[] {"half", "other_half"}) {
                ByteBuffer bytes = opened.bytes(half);
                assertEquals(HALF * Float.BYTES, bytes.remaining());
                assertEquals(0, bytes.getFloat(bytes.limit() - Float.BYTES));
            }
        }
    }

    @Test
    void aTensorPastTheLimitIsRefusedByName() throws IOException {
        try (SafetensorsFile opened = SafetensorsFile.open(file)) {
            assertEquals(TOO_MANY, opened.entry("huge").length());
            for (String part : new String[] {"large.safetensors", "tensor 'huge' has 2400000000 bytes", "at most"}) {
                var error = assertThrows(FileFormatException.class, () -> opened.bytes("huge"));
                assertTrue(error.getMessage().contains(part), error.getMessage());
            }
            assertThrows(FileFormatException.class, () -> opened.floats("huge"));
        }
    }
}
