package dev.graft.transformer.model.mutation;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.graft.peft.spi.file.AdapterFiles;
import dev.graft.peft.spi.file.AdapterRecord;
import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.peft.spi.file.GraftNotes;
import dev.graft.transformer.model.ModelConfig;
import dev.graft.transformer.model.gguf.GgufWeights;
import dev.graft.transformer.model.onnx.TinyOnnx;
import dev.graft.transformer.model.weights.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Thousands of damaged files: each is read or refused with a FileFormatException, and nothing is allocated that the
 * file's size does not justify. More of them: {@code -Dgraft.mutations=100000}.
 */
class DamagedFilesTest {
    private static final Path PARITY = Path.of("src/test/resources/parity/bert");
    private static final int TIMES = Integer.getInteger("graft.mutations", 800);

    @TempDir
    Path folder;

    @FunctionalInterface
    private interface Reading {
        void read() throws IOException;
    }

    @BeforeEach
    void warmUp() throws IOException {
        Allocated.here(() -> ModelConfig.read(PARITY.resolve("gelu/base")));
    }

    @Test
    void safetensors() throws IOException {
        Path file = folder.resolve("x.safetensors");
        byte[] good = Files.readAllBytes(PARITY.resolve("bf16/base/model.safetensors"));
        int refused = damage(good, file, TIMES, () -> FuzzedReader.SAFETENSORS.read(file));
        assertTrue(refused > TIMES / 2 && refused < TIMES, refused + " of " + TIMES + " were refused");
    }

    @Test
    void onnx() throws IOException {
        Path file = folder.resolve("x.onnx");
        int refused = damage(TinyOnnx.bert().file(), file, TIMES, () -> FuzzedReader.ONNX.read(file));
        assertTrue(refused > TIMES / 2 && refused < TIMES, refused + " of " + TIMES + " were refused");
    }

    @Test
    void gguf() throws IOException {
        Path file = folder.resolve("x.gguf");
        byte[] good = Files.readAllBytes(PARITY.resolveSibling("gguf/tiny.gguf"));
        int refused = damage(good, file, TIMES, () -> {
            try (GgufWeights opened = GgufWeights.open(file)) {
                for (String name : opened.names()) {
                    opened.entry(name).encoding().decode(opened.bytes(name), 0, new float[32], 0, 32);
                }
            }
        });
        assertTrue(refused > TIMES / 10 && refused < TIMES, refused + " of " + TIMES + " were refused");
    }

    @Test
    void config() throws IOException {
        byte[] good = Files.readAllBytes(PARITY.resolve("gelu/base/config.json"));
        int refused = damage(good, folder.resolve("config.json"), TIMES, () -> ModelConfig.read(folder));
        assertTrue(refused > TIMES / 2 && refused < TIMES, refused + " of " + TIMES + " were refused");
    }

    @Test
    void shardIndex() throws IOException {
        try (Stream<Path> files = Files.list(PARITY.resolve("gelu-new-shards/base"))) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName()));
            }
        }
        Path index = folder.resolve("model.safetensors.index.json");
        damage(
                Files.readAllBytes(index),
                index,
                TIMES / 3,
                () -> Checkpoint.open(folder).close());
    }

    @Test
    void adapter() throws IOException {
        AdapterRecord peft = AdapterFiles.read(PARITY.resolve("gelu/adapters/patterns"));
        GraftNotes notes =
                new GraftNotes("1", "f", "t", 1L, "d", List.of("a"), 8, Map.of("a", 1), Map.of("b", List.of(2)));
        AdapterRecord adapter = new AdapterRecord(
                peft.method(), peft.peft(), peft.settings(), peft.beyondPeft(), peft.tensors(), notes);
        for (String name : List.of("adapter_config.json", "graft.json", "adapter_model.safetensors")) {
            Files.createDirectories(folder.resolve(name));
            Path target = folder.resolve(name).resolve("a");
            AdapterFiles.write(target, adapter, false);
            Path file = target.resolve(name);
            damage(Files.readAllBytes(file), file, TIMES / 3, () -> AdapterFiles.read(target));
        }
    }

    /** Returns how many were refused. */
    private static int damage(byte[] good, Path file, int times, Reading reading) throws IOException {
        Files.write(file, good);
        reading.read(); // what is loaded once does not count
        int refused = 0;
        for (int seed = 0; seed < times; seed++) {
            byte[] bad = new Mutator(seed).damage(good);
            Files.write(file, bad);
            boolean[] wasRefused = new boolean[1];
            long allocated = Allocated.here(() -> wasRefused[0] = isRefused(reading, file, bad));
            refused += wasRefused[0] ? 1 : 0;
            long most = (4L << 20) + 64L * bad.length;
            if (allocated > most) {
                fail(allocated + " bytes were allocated for a file of " + bad.length + ", seed " + seed);
            }
        }
        return refused;
    }

    private static boolean isRefused(Reading reading, Path file, byte[] bad) {
        try {
            reading.read();
            return false;
        } catch (FileFormatException e) {
            assertTrue(e.getMessage().length() < 2000, "the message is too long: " + e.getMessage());
            return true;
        } catch (IOException | RuntimeException | Error e) {
            throw new AssertionError("not a FileFormatException, for " + keep(file, bad), e);
        }
    }

    private static Path keep(Path file, byte[] bad) {
        try {
            return Files.write(
                    Files.createTempFile("damaged", file.getFileName().toString()), bad);
        } catch (IOException e) {
            return file;
        }
    }
}
