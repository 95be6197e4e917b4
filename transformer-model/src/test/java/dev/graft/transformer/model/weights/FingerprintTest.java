package dev.graft.transformer.model.weights;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.peft.spi.file.SafetensorsWriter;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FingerprintTest {
    private static final Path PARITY = Path.of("src/test/resources/parity/bert");
    private static final FileTime LONG_AGO = FileTime.from(Instant.parse("2020-01-01T00:00:00.123456789Z"));

    @TempDir
    Path folder;

    @TempDir
    Path cache;

    private String before;

    @BeforeEach
    void ownCache() {
        before = System.setProperty("graft.cache", cache.toString());
    }

    @AfterEach
    void usualCache() {
        if (before == null) {
            System.clearProperty("graft.cache");
        } else {
            System.setProperty("graft.cache", before);
        }
    }

    @Test
    void everyPartOfATensorCounts() throws IOException {
        String base = of("w", new long[] {2, 3}, 0);
        assertEquals(64, base.length());
        assertEquals(base, of("w", new long[] {2, 3}, 0));
        assertNotEquals(base, of("v", new long[] {2, 3}, 0));
        assertNotEquals(base, of("w", new long[] {3, 2}, 0));
        assertNotEquals(base, of("w", new long[] {2, 3}, -0f));
        assertNotEquals(of("w", new long[] {0, 3}), of("w", new long[] {0, 2}));
    }

    @Test
    void itDoesNotDependOnShards() throws IOException {
        String whole;
        try (Checkpoint sharded = Checkpoint.open(PARITY.resolve("gelu-new-shards/base"))) {
            whole = Fingerprint.compute(sharded);
            SafetensorsWriter writer = new SafetensorsWriter();
            for (String name : sharded.names()) {
                writer.add(name, sharded.shape(name), sharded.tensor(name).toArray());
            }
            writer.write(folder.resolve("model.safetensors"));
        }
        try (Checkpoint single = Checkpoint.open(folder)) {
            assertEquals(whole, Fingerprint.compute(single));
        }
    }

    @Test
    void everyLeafOfALargeTensorCounts() throws IOException {
        float[] values = new float[(2 << 20) + 5];
        String base = of("w", new long[] {values.length}, values);
        for (int changed : new int[] {0, (1 << 20) - 1, 1 << 20, values.length - 1}) {
            values[changed] = 1;
            assertNotEquals(base, of("w", new long[] {values.length}, values));
            values[changed] = 0;
        }
    }

    @Test
    void itIsRememberedUntilAFileChanges() throws IOException {
        Path file = folder.resolve("model.safetensors");
        copy("gelu", file);
        String computed = cached();
        assertEquals(1, entries());
        Path entry = entry();
        Files.writeString(entry, Files.readString(entry).replace(computed, "remembered"));
        assertEquals("remembered", cached());
        assertEquals(computed, computed());
        Files.setLastModifiedTime(file, FileTime.from(LONG_AGO.toInstant().plusNanos(1)));
        assertEquals(computed, cached());
        Files.writeString(entry, "damaged");
        assertEquals(computed, cached());
        copy("bare", file);
        assertNotEquals(computed, cached());
    }

    @Test
    void aFileThatWasJustWrittenIsNotRemembered() throws IOException {
        Path file = folder.resolve("model.safetensors");
        copy("gelu", file);
        Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
        cached();
        assertEquals(0, entries());
    }

    @Test
    void aCacheThatCannotBeWrittenDoesNoHarm() throws IOException {
        System.setProperty(
                "graft.cache", Files.writeString(folder.resolve("file"), "").toString());
        copy("gelu", folder.resolve("model.safetensors"));
        assertEquals(computed(), cached());
    }

    @Test
    void aChangeUnderARunningProcessIsFound() throws IOException {
        Path file = folder.resolve("model.safetensors");
        copy("gelu", file);
        try (Checkpoint base = Checkpoint.open(folder)) {
            String expected = Fingerprint.of(base);
            assertDoesNotThrow(() -> Fingerprint.verify(base, expected));
            try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
                access.seek(access.length() - 1);
                access.write(77);
            }
            assertThrows(IllegalStateException.class, () -> Fingerprint.verify(base, expected));
        }
    }

    /** The bf16 file is changed behind the converted copy: the copy no longer is what the file says. */
    @Test
    void aConvertedWeightThatDiffersFromItsFileIsFound() throws IOException {
        Path file = folder.resolve("model.safetensors");
        copy("bf16", file);
        try (Checkpoint base = Checkpoint.open(folder)) {
            for (String name : base.names()) {
                base.tensor(name);
            }
            String expected = Fingerprint.compute(base);
            assertDoesNotThrow(() -> Fingerprint.verify(base, expected));
            try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
                access.seek(access.length() - 1);
                access.write(77);
            }
            var error = assertThrows(IllegalStateException.class, () -> Fingerprint.compute(base));
            assertTrue(error.getMessage().contains("in memory"), error.getMessage());
        }
    }

    private static void copy(String name, Path to) throws IOException {
        Files.copy(PARITY.resolve(name).resolve("base/model.safetensors"), to, StandardCopyOption.REPLACE_EXISTING);
        Files.setLastModifiedTime(to, LONG_AGO);
    }

    private String cached() throws IOException {
        try (Checkpoint base = Checkpoint.open(folder)) {
            return Fingerprint.of(base);
        }
    }

    private String computed() throws IOException {
        try (Checkpoint base = Checkpoint.open(folder)) {
            return Fingerprint.compute(base);
        }
    }

    private String of(String name, long[] shape, float... start) throws IOException {
        int size = 1;
        for (long extent : shape) {
            size *= (int) extent;
        }
        float[] values = size == start.length ? start : new float[size];
        if (size > 0 && start.length == 1) {
            values[0] = start[0];
        }
        new SafetensorsWriter().add(name, shape, values).write(folder.resolve("model.safetensors"));
        return computed();
    }

    private long entries() throws IOException {
        Path all = cache.resolve("fingerprints");
        if (!Files.exists(all)) {
            return 0;
        }
        try (var list = Files.list(all)) {
            return list.count();
        }
    }

    private Path entry() throws IOException {
        try (var list = Files.list(cache.resolve("fingerprints"))) {
            return list.findFirst().orElseThrow();
        }
    }
}
