package dev.graft.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.autograd.CrossEntropy;
import dev.graft.peft.spi.SettingsException;
import dev.graft.training.data.ChatExample;
import dev.graft.training.data.GenerationExample;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.chat.ChatMessage;
import dev.graft.transformer.model.overlay.TokenRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a conversation's tokens are, and which of them count. */
class ChatEncoderTest {
    private static final Path GPT2 = Path.of("../transformer-model/src/test/resources/parity/gpt2/lm/base");

    @TempDir
    Path folder;

    private static final ChatExample TALK = new ChatExample(List.of(
            new ChatMessage("user", "the 🚤"),
            new ChatMessage("assistant", "é 湖"),
            new ChatMessage("user", "a"),
            new ChatMessage("assistant", "no 🚤")));

    @BeforeEach
    void copy() throws IOException {
        try (Stream<Path> files = Files.list(GPT2)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.copy(file, folder.resolve(file.getFileName()));
            }
        }
        Files.writeString(
                folder.resolve("chat_template.jinja"),
                "{% for m in messages %}{{ m.role[0] }}:{{ m.content }}#{% endfor %}"
                        + "{% if add_generation_prompt %}a:{% endif %}");
    }

    private static EncodedRows encode(BaseModel base, int maxLength, boolean everything) {
        return EncodedRows.prompted(base, null, List.of(TALK), maxLength, true, everything);
    }

    /** The text of the tokens that count, in their order. */
    private static String labelled(BaseModel base, TokenRow row) {
        return base.tokenizer()
                .decode(java.util.Arrays.stream(row.labels())
                        .filter(label -> label != CrossEntropy.IGNORED)
                        .toArray());
    }

    @Test
    void theAssistantsTurnsCount() throws IOException {
        try (BaseModel base = BaseModel.open(folder)) {
            EncodedRows rows = encode(base, 48, false);
            assertEquals(0, rows.truncated());
            TokenRow row = rows.rows().get(0);
            assertEquals("é 湖#no 🚤#", labelled(base, row));
            for (int i = 0; i + 1 < row.length(); i++) {
                assertTrue(row.labels()[i] == CrossEntropy.IGNORED || row.labels()[i] == row.tokens()[i + 1]);
            }
        }
    }

    @Test
    void everythingCountsWhereThatIsAsked() throws IOException {
        try (BaseModel base = BaseModel.open(folder)) {
            TokenRow row = encode(base, 48, true).rows().get(0);
            String whole = "u:the 🚤#a:é 湖#u:a#a:no 🚤#";
            assertEquals(whole, base.tokenizer().decode(new int[] {row.tokens()[0]}) + labelled(base, row));
            GenerationExample prompted = new GenerationExample("The boat is", " on");
            TokenRow completion = EncodedRows.prompted(base, null, List.of(prompted), 40, false, true)
                    .rows()
                    .get(0);
            assertEquals(
                    "The boat is on",
                    base.tokenizer().decode(new int[] {completion.tokens()[0]}) + labelled(base, completion));
        }
    }

    @Test
    void whatIsTooLongIsCutAtItsEndAndCounted() throws IOException {
        try (BaseModel base = BaseModel.open(folder)) {
            TokenRow whole = encode(base, 48, false).rows().get(0);
            EncodedRows cut = encode(base, whole.length() - 3, false);
            assertEquals(1, cut.truncated());
            assertEquals(whole.length() - 3, cut.rows().get(0).length());
            assertEquals(0, encode(base, whole.length(), false).truncated());
        }
    }

    @Test
    void aBaseWithoutATemplateIsRefused() throws IOException {
        Files.delete(folder.resolve("chat_template.jinja"));
        try (BaseModel base = BaseModel.open(folder)) {
            String message = assertThrows(SettingsException.class, () -> encode(base, 48, false))
                    .getMessage();
            assertTrue(message.contains("chat_template.jinja"), message);
        }
        Files.writeString(folder.resolve("chat_template.jinja"), "{{ raise_exception('only in pairs') }}");
        try (BaseModel base = BaseModel.open(folder)) {
            String message = assertThrows(SettingsException.class, () -> encode(base, 48, false))
                    .getMessage();
            assertTrue(message.contains("only in pairs") && message.contains("the 🚤"), message);
        }
    }
}
