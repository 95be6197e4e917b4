package dev.graft.training.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExamplesTest {
    private static final String GOOD = "{\"text\":\"a\"}\n";

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("rows.jsonl");
    }

    @Test
    void aLabelMayBeMissingOnlyToPredict() throws IOException {
        Files.writeString(file, GOOD + "{\"text\":\"b\",\"label\":\"x\"}");
        assertEquals(List.of(new Example("a", null), new Example("b", "x")), Examples.read(file));
        assertNull(Examples.read(file).get(0).label());
        var error = assertThrows(DataException.class, () -> Examples.readLabelled(file));
        assertTrue(error.getMessage().contains("line 1: key 'label' is missing"), error.getMessage());
    }

    @Test
    void longLinesAndLastLinesWithoutEndAreRead() throws IOException {
        String text = "word ".repeat(100_000);
        Files.writeString(file, GOOD + "{\"text\":\"" + text + "\"}");
        assertEquals(text, Examples.read(file).get(1).text());
    }

    @Test
    void whatIsNotJsonIsRefusedWithItsLine() throws IOException {
        refused(GOOD + "{\"text\":\"a\"", "line 2: not JSON at column");
        refused(GOOD + "text", "line 2: not JSON at column");
        refused(GOOD + "{\"text\":\"a\"} {\"text\":\"b\"}", "line 2: not JSON");
        refused("{\"text\":\"a\",\"text\":\"b\"}", "line 1: not JSON", "Duplicate field 'text'");
        refused("{\"text\":\"a\u0001\"}", "line 1: not JSON");
        refused("{'text':'a'}", "line 1: not JSON");
        refused("[1]", "line 1: the line is [1]; allowed: a JSON object");
        refused("\"text\"", "line 1: the line is \"text\"; allowed: a JSON object");
        refused("null", "line 1: the line is null");
        refused("{\n\"text\":\"a\"}", "line 1: not JSON");
    }

    @Test
    void emptyAndBlankLinesAreRefused() throws IOException {
        refused("", "rows.jsonl is empty; write one JSON object a line");
        refused("\n", "line 1: the line is blank");
        refused(GOOD + "\n" + GOOD, "line 2: the line is blank", "remove the line");
        refused(GOOD + " \t\r\n", "line 2: the line is blank");
        refused(GOOD + "\n", "line 2: the line is blank");
    }

    @Test
    void keysAndTypesAreChecked() throws IOException {
        refused("{\"label\":\"x\"}", "line 1: key 'text' is missing");
        refused("{\"text\":null}", "line 1: key 'text' is missing");
        refused(
                GOOD + "{\"text\":\"a\",\"txt_pair\":\"b\"}",
                "line 2: unknown key 'txt_pair'; allowed keys: label, text, text_pair");
        refused("{\"text\":1}", "line 1: key 'text' is 1; allowed: a text");
        refused("{\"text\":\"a\",\"text_pair\":[\"b\"]}", "key 'text_pair' is [\"b\"]; allowed: a text");
        refused("{\"text\":\"a\",\"label\":0}", "key 'label' is 0; allowed: a text in double quotes");
        refused("{\"text\":\"a\",\"label\":\" \"}", "key 'label' is blank");
    }

    @Test
    void whatIsNoTextIsRefused() throws IOException {
        byte[] bytes = (GOOD + "{\"text\":\"caf?\"}").getBytes(StandardCharsets.UTF_8);
        bytes[bytes.length - 3] = (byte) 0xE9;
        Files.write(file, bytes);
        var error = assertThrows(DataException.class, () -> Examples.read(file));
        assertTrue(error.getMessage().contains("line 2: byte 13 is not UTF-8"), error.getMessage());
        refused("{\"text\":\"\\ud83d\"}", "key 'text' holds half of a surrogate pair");
        refused("\uFEFF" + GOOD, "line 1: the file starts with a byte order mark");
    }

    @Test
    void whatIsNoFileIsRefused() {
        var error = assertThrows(DataException.class, () -> Examples.read(folder));
        assertTrue(error.getMessage().contains("is a folder"), error.getMessage());
        error = assertThrows(DataException.class, () -> Examples.read(file));
        assertTrue(error.getMessage().contains("rows.jsonl does not exist"), error.getMessage());
    }

    private void refused(String content, String... parts) throws IOException {
        Files.writeString(file, content);
        var error = assertThrows(DataException.class, () -> Examples.read(file));
        for (String part : parts) {
            assertTrue(error.getMessage().contains(part), error.getMessage());
        }
        assertTrue(error.getMessage().startsWith(file.toString()), error.getMessage());
    }
}
