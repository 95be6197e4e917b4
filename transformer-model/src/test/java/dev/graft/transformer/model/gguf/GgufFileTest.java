package dev.graft.transformer.model.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.peft.spi.file.FileFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Files of parity/make_gguf_fixtures.py, and others that are wrong. */
class GgufFileTest {
    private static final Path QUANTS = Path.of("src/test/resources/parity/gguf/quants.gguf");

    @TempDir
    Path folder;

    private static float[] floats(GgufFile file, String name) throws IOException {
        GgufTensor tensor = file.tensors().get(name);
        int length = (int) (tensor.shape()[0] * tensor.shape()[1]);
        float[] floats = new float[length];
        tensor.type().decode(file.bytes(name), 0, floats, 0, length);
        return floats;
    }

    @ParameterizedTest
    @EnumSource(value = GgufType.class, names = "F32", mode = Mode.EXCLUDE)
    void valuesAreThoseOfThePythonPackage(GgufType type) throws IOException {
        try (GgufFile file = GgufFile.open(QUANTS)) {
            assertEquals(type, file.tensors().get(type.name()).type());
            float[] expected = floats(file, type.name() + ".expected");
            float[] found = floats(file, type.name());
            assertEquals(expected.length, found.length);
            for (int i = 0; i < found.length; i++) {
                assertEquals(expected[i], found[i], Math.abs(expected[i]) * 1e-6f, type + " " + i);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(GgufType.class)
    void anyRunOfValuesIsThatPartOfTheWhole(GgufType type) throws IOException {
        try (GgufFile file = GgufFile.open(QUANTS)) {
            String name = type == GgufType.F32 ? "Q8_0.expected" : type.name();
            float[] all = floats(file, name);
            for (int from : new int[] {0, 1, 31, all.length / 2, all.length - 3}) {
                int length = Math.min(37, all.length - from);
                float[] some = new float[length + 2];
                type.decode(file.bytes(name), from, some, 1, length);
                assertArrayEquals(
                        Arrays.copyOfRange(all, from, from + length), Arrays.copyOfRange(some, 1, 1 + length), name);
                assertEquals(0, some[length + 1]);
            }
        }
    }

    @Test
    void metadataAreNumbersTextsAndLists() throws IOException {
        try (GgufFile file = GgufFile.open(QUANTS)) {
            assertEquals(List.of(3, 1, 2), file.metadata().get("lengths"));
            assertEquals("bl\u00e5b\u00e6r", file.metadata().get("text"));
            assertArrayEquals(new long[] {3, 64}, file.tensors().get("Q4_0").shape());
        }
    }

    @Test
    void whatIsNoGgufIsRefused() throws IOException {
        byte[] good = Files.readAllBytes(QUANTS);
        assertRefused(new byte[0], "truncated");
        assertRefused("PK, a zip file".getBytes(), "does not begin with GGUF");
        assertRefused(Arrays.copyOf(good, good.length - 1), "truncated or damaged");
        assertRefused(Arrays.copyOf(good, 40), "truncated");
        assertRefused(with(good, 4, 9), "version 9");
        assertRefused(with(good, 8, 0x7f, 15), "the number of tensors");
        assertRefused(with(good, 16, 0x7f, 23), "the number of metadata");
    }

    /** A byte changed, or one of a longer number at its end. */
    private static byte[] with(byte[] good, int at, int value, int... also) {
        byte[] changed = good.clone();
        changed[at] = (byte) value;
        for (int other : also) {
            changed[other] = 0x7f;
        }
        return changed;
    }

    private void assertRefused(byte[] content, String part) throws IOException {
        Path file = Files.write(folder.resolve("x.gguf"), content);
        String message = assertThrows(
                        FileFormatException.class, () -> GgufFile.open(file).close())
                .getMessage();
        assertTrue(message.contains(part), message);
    }

    @Test
    void aFamilyThatIsNotReadIsNamed() {
        String message = assertThrows(FileFormatException.class, () -> GgufWeights.open(QUANTS))
                .getMessage();
        assertTrue(message.contains("'general.architecture' is none; allowed: one of llama, qwen2, qwen3"), message);
    }

    @Test
    void rowsOfQueriesComeInTheOtherOrder() {
        float[] stored = new float[2 * 6 * 3]; // two heads of 6 features, 3 wide
        for (int i = 0; i < stored.length; i++) {
            stored[i] = i;
        }
        RotaryRows rows = new RotaryRows(
                (bytes, from, into, at, length) -> System.arraycopy(stored, (int) from, into, at, length), 6, 3);
        float[] found = new float[stored.length];
        rows.decode(null, 0, found, 0, found.length);
        // llama.cpp's converter: [heads, 2, 3, width] with the middle two exchanged
        int[] order = {0, 2, 4, 1, 3, 5, 6, 8, 10, 7, 9, 11};
        for (int row = 0; row < order.length; row++) {
            assertEquals(stored[order[row] * 3], found[row * 3], "row " + row);
        }
        float[] part = new float[4];
        rows.decode(null, 4, part, 0, 4);
        assertArrayEquals(Arrays.copyOfRange(found, 4, 8), part);
    }
}
