package dev.graft.training.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.transformer.model.chat.ChatMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GenerationExamplesTest {
    @TempDir
    Path folder;

    private Path file(String... lines) throws IOException {
        return Files.writeString(folder.resolve("rows.jsonl"), String.join("\n", lines) + "\n");
    }

    private static final String TALK =
            "{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}, {\"role\": \"assistant\", \"content\": \"\"}]}";

    @Test
    void promptsAndConversationsMayStandInOneFile() throws IOException {
        Path file = file(TALK, "{\"prompt\": \"p\", \"completion\": \"c\"}");
        assertTrue(GenerationExamples.isGeneration(file));
        assertEquals(
                List.of(
                        new ChatExample(List.of(new ChatMessage("user", "a"), new ChatMessage("assistant", ""))),
                        new GenerationExample("p", "c")),
                GenerationExamples.read(file));
        assertFalse(GenerationExamples.isGeneration(file("{\"text\": \"a\", \"label\": \"b\"}")));
    }

    @Test
    void severalTextsMayBeRight() throws IOException {
        Path file = file(
                "{\"prompt\": \"p\", \"completion\": \"c\", \"references\": [\"c\", \"d\"]}",
                "{\"prompt\": \"p\", \"completion\": \"c\", \"references\": null}");
        assertEquals(
                List.of(new GenerationExample("p", "c", List.of("c", "d")), new GenerationExample("p", "c")),
                GenerationExamples.read(file));
        assertEquals(List.of("c"), new GenerationExample("p", "c").right());
        refused("{\"prompt\": \"\", \"completion\": \"\", \"references\": []}", "'references' is []", "at least one");
        refused("{\"prompt\": \"\", \"completion\": \"\", \"references\": \"c\"}", "'references' is \"c\"", "list");
        refused("{\"prompt\": \"\", \"completion\": \"\", \"references\": [1]}", "'references' is 1", "a text");
    }

    @Test
    void whatIsWrongNamesItsLine() throws IOException {
        refused("{\"messages\": []}", "'messages' is []", "list of turns");
        refused("{\"messages\": \"a\"}", "'messages' is \"a\"");
        refused("{\"messages\": [\"a\"]}", "object with role and content");
        refused("{\"messages\": [{\"role\": \"user\"}]}", "'content' is missing");
        refused("{\"messages\": [{\"role\": 1, \"content\": \"a\"}]}", "'role' is 1");
        refused("{\"messages\": [{\"role\": \"user\", \"content\": \"a\", \"tool\": 1}]}", "unknown key 'tool'");
        refused("{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}], \"prompt\": \"\"}", "unknown key 'prompt'");
    }

    private void refused(String line, String... parts) throws IOException {
        Path file = file(TALK, line);
        String message = assertThrows(DataException.class, () -> GenerationExamples.read(file))
                .getMessage();
        assertTrue(message.contains("line 2"), message);
        for (String part : parts) {
            assertTrue(message.contains(part), message);
        }
    }

    @Test
    void whatCountsIsPartOfTheHash() {
        List<GenerationExample> rows = List.of(new GenerationExample("a", "b"));
        GenerationData data = new GenerationData(rows, rows, rows);
        assertFalse(data.lossOnEverything());
        assertTrue(data.withLossOnEverything().lossOnEverything());
        assertNotEquals(data.hash(), data.withLossOnEverything().hash());
    }
}
