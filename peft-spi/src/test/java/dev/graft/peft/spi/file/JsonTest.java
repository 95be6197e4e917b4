package dev.graft.peft.spi.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '`',
            value = {
                "{\"a\":1, \"a\":2} # line 1, column 12: Duplicate",
                "{\"a\":{\"b\":1, \"b\":2}} # Duplicate",
                "{\"a\":1} x # line 1, column",
                "{\"a\":1} {} # Trailing",
                "{\"a\":NaN} # NaN",
                "{\"a\":1e999} # not finite",
                "{\"a\":[-1e999]} # not finite",
                "{'a':1} # line 1, column 2",
                "{\"a\":1,} # line 1, column",
                "[1] # no JSON object",
                "7 # no JSON object",
                "null # no JSON object",
                "`` # no valid JSON"
            })
    void whatIsNotStrictIsRefused(String json, String reason) {
        var error = assertThrows(FileFormatException.class, () -> Json.parse(Path.of("x.json"), json));
        assertTrue(
                error.getMessage().startsWith("x.json: ") && error.getMessage().contains(reason), error.getMessage());
    }

    @Test
    void aDeepNestIsRefused() {
        String deep = "{\"a\":" + "[".repeat(100_000);
        assertThrows(FileFormatException.class, () -> Json.parse(Path.of("x.json"), deep));
    }

    @Test
    void textThatIsNotUtf8IsRefused(@TempDir Path folder) throws IOException {
        Path file = Files.write(folder.resolve("x.json"), new byte[] {'{', '"', (byte) 0xc3, '"', ':', '1', '}'});
        var error = assertThrows(FileFormatException.class, () -> Json.read(file));
        assertTrue(error.getMessage().contains("UTF-8"), error.getMessage());
    }

    @Test
    void whatIsWrittenKeepsItsOrderAndIsReadAgain() throws FileFormatException {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("z", 1);
        object.put("a", List.of(1.5, 1e-12, "\u00fc\n"));
        object.put("empty", Map.of());
        object.put("none", null);
        String text = Json.pretty(object);
        assertEquals(
                "{\n  \"z\": 1,\n  \"a\": [\n    1.5,\n    1.0E-12,\n    \"\u00fc\\n\"\n  ],\n  \"empty\": {},\n  \"none\": null\n}",
                text);
        assertEquals(object, Json.parse(Path.of("x"), text));
        assertThrows(IllegalArgumentException.class, () -> Json.pretty(Map.of("a", Double.NaN)));
    }
}
