package dev.graft.transformer.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.peft.spi.file.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextTokenizerTest {
    private static final Path CASE = Path.of("src/test/resources/parity/bert/gelu");

    private static TextTokenizer tokenizer;
    private static final List<String> TEXTS = new ArrayList<>();
    private static final List<String> PAIRS = new ArrayList<>();
    private static Map<?, ?> expected;

    @BeforeAll
    static void read() throws IOException {
        tokenizer = TextTokenizer.read(CASE.resolve("base"), Integer.MAX_VALUE);
        for (String line : Files.readAllLines(CASE.resolve("data.jsonl"))) {
            Map<String, Object> row = Json.parse(CASE, line);
            TEXTS.add((String) row.get("text"));
            PAIRS.add((String) row.get("text_pair"));
        }
        expected = Json.read(CASE.resolve("expected.json"));
    }

    @AfterAll
    static void close() {
        tokenizer.close();
    }

    @Test
    void idsAndTypesAreThoseOfTransformers() {
        List<TextTokenizer.Encoded> all = tokenizer.encode(TEXTS, PAIRS, 512);
        for (int row = 0; row < TEXTS.size(); row++) {
            assertArrayEquals(numbers("input_ids", row), all.get(row).ids());
            assertArrayEquals(numbers("token_type_ids", row), all.get(row).typeIds());
            assertFalse(all.get(row).truncated());
            assertArrayEquals(
                    all.get(row).ids(),
                    tokenizer.encode(TEXTS.get(row), PAIRS.get(row), 512).ids());
        }
    }

    @Test
    void tooLongTextsAreCutAsTransformersDoes() {
        List<?> rows = (List<?>) ((Map<?, ?>) expected.get("truncated")).get("input_ids");
        List<TextTokenizer.Encoded> all = tokenizer.encode(TEXTS, PAIRS, 8);
        for (int row = 0; row < TEXTS.size(); row++) {
            assertArrayEquals(ints(rows.get(row)), all.get(row).ids());
            assertEquals(numbers("input_ids", row).length > 8, all.get(row).truncated());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "9,3,12,9,3",
        "9,3,11,8,3",
        "9,3,5,3,2",
        "3,9,5,2,3",
        "9,9,7,3,4",
        "3,3,5,2,3",
        "0,5,3,0,3",
        "20,20,0,0,0",
        "20,20,1,0,1",
        "5,4,8,4,4",
        "5,20,4,2,2",
        "20,5,4,2,2"
    })
    void theLongerTextGivesWayAsInTheTokenizersLibrary(
            int first, int second, int room, int keptOfFirst, int keptOfSecond) {
        assertArrayEquals(new int[] {keptOfFirst, keptOfSecond}, Truncation.share(first, second, room));
    }

    @Test
    void aLengthBelowTheSpecialTokensIsRefused() {
        assertEquals(2, tokenizer.encode("the river runs", null, 2).ids().length);
        assertThrows(IllegalArgumentException.class, () -> tokenizer.encode("the river runs", null, 1));
    }

    @Test
    void plainTokensHaveNoSpecialOnes() {
        int[] plain = tokenizer.encodePlain(TEXTS.get(0));
        int[] whole = tokenizer.encode(TEXTS.get(0), null, 512).ids();
        assertArrayEquals(
                IntStream.range(1, whole.length - 1).map(i -> whole[i]).toArray(), plain);
        assertEquals(tokenizer.decode(plain), tokenizer.decode(whole));
    }

    @Test
    void anyTextIsEncoded() {
        for (String text : List.of("", "\u0000", "\ud83d\ude00", "lone \ud83d surrogate", "\n\t")) {
            assertTrue(tokenizer.encode(text, null, 512).ids().length >= 2);
            assertTrue(tokenizer.encode(text, "", 512).ids().length >= 3);
        }
        assertEquals(List.of(), tokenizer.encode(List.of(), null, 512));
    }

    @Test
    void truncationAndPaddingOfTheFileArePassedOver(@TempDir Path folder) throws IOException {
        String json = Files.readString(CASE.resolve("base/tokenizer.json"))
                .replaceFirst(
                        "\"truncation\": *null",
                        "\"truncation\":{\"direction\":\"Right\",\"max_length\":4,\"strategy\":\"LongestFirst\",\"stride\":0}")
                .replaceFirst(
                        "\"padding\": *null",
                        "\"padding\":{\"strategy\":{\"Fixed\":64},\"direction\":\"Right\",\"pad_to_multiple_of\":null,"
                                + "\"pad_id\":0,\"pad_type_id\":0,\"pad_token\":\"[PAD]\"}");
        assertTrue(json.contains("LongestFirst") && json.contains("Fixed"));
        Files.writeString(folder.resolve("tokenizer.json"), json);
        try (TextTokenizer other = TextTokenizer.read(folder, Integer.MAX_VALUE)) {
            for (int row = 0; row < TEXTS.size(); row++) {
                assertArrayEquals(
                        numbers("input_ids", row),
                        other.encode(TEXTS.get(row), PAIRS.get(row), 512).ids());
            }
            assertFalse(other.hash().equals(tokenizer.hash()));
        }
    }

    @Test
    void aTokenWithoutARowIsRefusedWhereATextHasIt() throws IOException {
        int rows = numbers("input_ids", 0)[1]; // the first word's id is the first that is too large
        try (TextTokenizer larger = TextTokenizer.read(CASE.resolve("base"), rows)) {
            assertTrue(larger.encode("", null, 8).ids().length > 0);
            for (Executable use : List.<Executable>of(
                    () -> larger.encode(TEXTS.get(0), null, 512),
                    () -> larger.encode(TEXTS, PAIRS, 512),
                    () -> larger.encodeWords(List.of(TEXTS.get(0).split(" ")), 512),
                    () -> larger.encodePlain(TEXTS.get(0)),
                    () -> larger.encodePlaced(TEXTS.get(0)))) {
                String message =
                        assertThrows(UncheckedIOException.class, use).getCause().getMessage();
                assertTrue(message.contains("table of words has " + rows + " rows"), message);
                assertTrue(message.contains("resize_token_embeddings"), message);
            }
        }
    }

    @Test
    void somethingElseIsRefused(@TempDir Path folder) throws IOException {
        for (String content : List.of("", "{}", "not JSON", "{\"model\":{\"type\":\"None\"}}", "\u0000")) {
            Files.writeString(folder.resolve("tokenizer.json"), content);
            var error = assertThrows(FileFormatException.class, () -> TextTokenizer.read(folder, Integer.MAX_VALUE));
            assertTrue(error.getMessage().contains("tokenizer.json: is no tokenizer"), error.getMessage());
        }
    }

    @Test
    void manyThreadsMayEncode() {
        IntStream.range(0, 400).parallel().forEach(i -> {
            int row = i % TEXTS.size();
            assertArrayEquals(
                    numbers("input_ids", row),
                    tokenizer.encode(TEXTS.get(row), PAIRS.get(row), 512).ids());
        });
    }

    @Test
    void nothingIsSentHome() {
        assertEquals("true", System.getProperty("OPT_OUT_TRACKING", System.getenv("OPT_OUT_TRACKING")));
        assertEquals("cpu", System.getProperty("RUST_FLAVOR", System.getenv("RUST_FLAVOR")));
    }

    private static int[] numbers(String key, int row) {
        return ints(((Map<?, ?>) ((List<?>) expected.get("tokens")).get(row)).get(key));
    }

    private static int[] ints(Object list) {
        return ((List<?>) list).stream().mapToInt(n -> (Integer) n).toArray();
    }
}
