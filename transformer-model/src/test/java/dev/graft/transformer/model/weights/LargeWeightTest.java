package dev.graft.transformer.model.weights;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.peft.spi.file.FileFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A weight past the limit is refused before memory is taken for it. */
class LargeWeightTest {
    private static final long FLOATS = 600_000_000;

    @TempDir
    Path folder;

    /** A checkpoint of one tensor; its file is a hole behind the header and takes no room on the disk. */
    private void write(String dtype, long bytes) throws IOException {
        String header = "{\"weight\":{\"dtype\":\"%s\",\"shape\":[%d],\"data_offsets\":[0,%d]}}"
                .formatted(dtype, FLOATS, bytes);
        byte[] text = (header + " ".repeat((8 - header.length() % 8) % 8)).getBytes(StandardCharsets.US_ASCII);
        try (FileChannel to = FileChannel.open(
                folder.resolve("model.safetensors"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            ByteBuffer start = ByteBuffer.allocate(8 + text.length).order(ByteOrder.LITTLE_ENDIAN);
            to.write(start.putLong(text.length).put(text).flip(), 0);
            to.write(ByteBuffer.allocate(1), 8 + text.length + bytes - 1);
        }
    }

    @ParameterizedTest
    @CsvSource({"F32, 2400000000, has 2400000000 bytes", "BF16, 1200000000, takes more than 2 GB as floats"})
    void isRefusedByName(String dtype, long bytes, String reason) throws IOException {
        write(dtype, bytes);
        var error = assertThrows(FileFormatException.class, () -> {
            try (Checkpoint base = Checkpoint.open(folder)) {
                base.tensor("weight", FLOATS);
            }
        });
        for (String part : new String[] {"model.safetensors", "'weight'", reason, "at most"}) {
            assertTrue(error.getMessage().contains(part), error.getMessage());
        }
    }

    @Test
    void aTruncatedHoleIsNoLimit() throws IOException {
        write("F32", 1000);
        assertThrows(FileFormatException.class, () -> Checkpoint.open(folder).close());
    }
}
