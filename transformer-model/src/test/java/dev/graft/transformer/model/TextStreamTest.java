package dev.graft.transformer.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextStreamTest {
    private static final List<String> TEXTS = List.of(
            "The boat is on the lake.", "café waters near the 湖, 🚤🚤!", " two  spaces\n\nand lines ", "é", "x");

    @ParameterizedTest
    @ValueSource(strings = {"gpt2/lm", "bart/lm"})
    void piecesAreWholeCharactersAndMakeTheText(String model) throws IOException {
        Path base = Path.of("src/test/resources/parity").resolve(model).resolve("base");
        try (TextTokenizer tokenizer = TextTokenizer.read(base, Integer.MAX_VALUE)) {
            for (String text : TEXTS) {
                int[] tokens = tokenizer.encodePlain(text);
                for (int given = 0; given < tokens.length; given++) {
                    check(tokenizer, text, tokens, given);
                }
            }
        }
    }

    private static void check(TextTokenizer tokenizer, String text, int[] tokens, int given) {
        String front = tokenizer.decode(Arrays.copyOf(tokens, given));
        if (front.endsWith("\uFFFD")) {
            return; // a prompt is a text of whole characters
        }
        TextStream stream = new TextStream(tokenizer, Arrays.copyOf(tokens, given));
        StringBuilder pieces = new StringBuilder();
        for (int i = given; i < tokens.length; i++) {
            String piece = stream.add(tokens[i]);
            assertFalse(piece.contains("\uFFFD"), piece);
            pieces.append(piece);
        }
        pieces.append(stream.finish());
        assertEquals(text.substring(front.length()), pieces.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2/lm"})
    void whatIsBrokenAtTheEndIsShownAsBroken(String model) throws IOException {
        Path base = Path.of("src/test/resources/parity").resolve(model).resolve("base");
        try (TextTokenizer tokenizer = TextTokenizer.read(base, Integer.MAX_VALUE)) {
            int[] tokens = tokenizer.encodePlain("a🚤");
            TextStream stream = new TextStream(tokenizer, new int[0]);
            StringBuilder pieces = new StringBuilder();
            for (int token : Arrays.copyOf(tokens, tokens.length - 1)) {
                pieces.append(stream.add(token));
            }
            assertEquals("a", pieces.toString());
            assertEquals("\uFFFD", stream.finish());
        }
    }
}
