package dev.graft.transformer.model.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.peft.spi.file.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Conversations as transformers renders them: parity/make_chat_fixtures.py made the expectations. */
class ChatTemplateTest {
    private static final Map<String, Object> KNOWN = known();

    @TempDir
    Path folder;

    private static Map<String, Object> known() {
        try {
            return Json.read(Path.of("src/test/resources/parity/chat/expected.json"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static ChatTemplate template(String name) {
        return ChatTemplate.of(
                (String) ((Map<?, ?>) KNOWN.get("templates")).get(name),
                Map.of("bos_token", "<s>", "eos_token", "</s>"));
    }

    private static List<ChatMessage> messages(Map<?, ?> known) {
        List<ChatMessage> messages = new ArrayList<>();
        for (Object each : (List<?>) known.get("messages")) {
            Map<?, ?> message = (Map<?, ?>) each;
            messages.add(new ChatMessage((String) message.get("role"), (String) message.get("content")));
        }
        return messages;
    }

    @ParameterizedTest
    @ValueSource(strings = {"marks", "control", "lines", "spaces", "state", "defaults", "generation"})
    void textsAreThoseOfTransformers(String name) {
        ChatTemplate template = template(name);
        int cases = 0;
        for (Object each : (List<?>) KNOWN.get("cases")) {
            Map<?, ?> known = (Map<?, ?>) each;
            if (known.get("template").equals(name)) {
                List<ChatMessage> messages = messages(known);
                boolean prompt = (boolean) known.get("prompt");
                if (known.containsKey("text")) {
                    assertEquals(known.get("text"), template.render(messages, prompt), name + " " + messages);
                } else {
                    var error = assertThrows(ChatTemplateException.class, () -> template.render(messages, prompt));
                    assertEquals(known.get("error"), error.getMessage());
                }
                cases++;
            }
        }
        assertEquals(10, cases);
    }

    private static List<String> assistant(ChatTemplate template, List<ChatMessage> messages) {
        ChatText text = template.withSpans(messages);
        assertEquals(template.render(messages, false), text.text());
        return text.spans().stream()
                .map(span -> text.text().substring(span.from(), span.to()))
                .toList();
    }

    private static final List<ChatMessage> TALK = List.of(
            new ChatMessage("user", "a"),
            new ChatMessage("assistant", "b"),
            new ChatMessage("user", "c"),
            new ChatMessage("assistant", "<t>x</t>d"));

    @Test
    void whatTheAssistantWritesIsKnown() {
        assertEquals(List.of("b<|end|>\n", "<t>x</t>d<|end|>\n"), assistant(template("marks"), TALK));
        assertEquals(List.of("b</s>", "<t>x</t>d</s>"), assistant(template("generation"), TALK));
        assertEquals(List.of(), assistant(template("marks"), TALK.subList(0, 1)));
        ChatText text = template("generation").withSpans(TALK);
        int from = text.text().indexOf("b</s>");
        assertTrue(text.isAssistant(from, from + 1) && text.isAssistant(from + 1, from + 5));
        assertTrue(!text.isAssistant(from - 3, from) && !text.isAssistant(from + 5, from + 6));
    }

    @Test
    void aTurnThatChangesLaterIsRefused() {
        ChatTemplate template = ChatTemplate.of(
                "{% for m in messages %}[{{ messages | length }}{{ m.content }}]{% endfor %}", Map.of());
        var error = assertThrows(ChatTemplateException.class, () -> template.withSpans(TALK));
        assertTrue(error.getMessage().contains("turn 2") && error.getMessage().contains("generation"));
    }

    @Test
    void whatCannotBeRenderedSaysWhy() {
        refused("{{ messages | nothing_such }}", "filter nothing_such");
        refused("{% for m in messages if m.role == 'user' %}{{ m.content }}{% endfor %}", "loop with a condition");
        refused("a\n{{ messages[0].content.nothing_such('a') }}", "line 2", "nothing_such");
        refused("{% for %}", "for");
        assertEquals("a|b", ChatTemplate.of("{{ 'a|b' }}", Map.of()).render(TALK, false));
    }

    @Test
    void aTemplateThatWouldGoOnForEverIsRefused() {
        String loop = "{%% for %s in range(150) %%}";
        String loops = String.format(loop, "a") + String.format(loop, "b") + String.format(loop, "c");
        refused(loops + "{% endfor %}".repeat(3), "more than 10000 loops");
        String doubled = "{% set t = messages[0].content ~ 'abcdefgh' %}" + "{% set t = t ~ t %}".repeat(40);
        refused(doubled + "{{ t }}", "line 1");
        refused("{% set l = [1, 2] %}" + "{% set l = l + l %}".repeat(40) + "{{ l | length }}", "line 1");
    }

    private static void refused(String template, String... parts) {
        var error = assertThrows(
                ChatTemplateException.class,
                () -> ChatTemplate.of(template, Map.of()).render(TALK, false));
        for (String part : parts) {
            assertTrue(error.getMessage().contains(part), error.getMessage());
        }
    }

    @Test
    void theDirectorySaysWhichTemplate() throws IOException {
        assertNull(ChatTemplate.read(folder));
        Path config = folder.resolve("tokenizer_config.json");
        Files.writeString(config, "{\"bos_token\": {\"content\": \"<s>\"}}");
        assertNull(ChatTemplate.read(folder));
        Files.writeString(config, "{\"bos_token\": {\"content\": \"<s>\"}, \"chat_template\": \"1{{ bos_token }}\"}");
        assertEquals("1<s>", ChatTemplate.read(folder).render(TALK, false));
        Files.writeString(
                config,
                "{\"chat_template\": [{\"name\": \"rag\", \"template\": \"2\"},"
                        + " {\"name\": \"default\", \"template\": \"3\"}]}");
        assertEquals("3", ChatTemplate.read(folder).render(TALK, false));
        Files.writeString(folder.resolve("chat_template.jinja"), "4");
        assertEquals("4", ChatTemplate.read(folder).render(TALK, false));
        Files.delete(folder.resolve("chat_template.jinja"));
        Files.writeString(config, "{\"chat_template\": 5}");
        assertTrue(assertThrows(FileFormatException.class, () -> ChatTemplate.read(folder))
                .getMessage()
                .contains("chat_template is 5; allowed"));
    }
}
