package dev.graft.transformer.model.chat;

import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.peft.spi.file.Json;
import dev.graft.transformer.model.chat.ChatText.Span;
import dev.graft.transformer.model.jinja.JinjaTemplate;
import dev.graft.transformer.model.jinja.TemplateException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Turns conversations into text as a model's chat template says: {@code chat_template.jinja} of its directory, or
 * {@code chat_template} in tokenizer_config.json. What it renders has the special tokens in it, so that it is encoded
 * without further ones. Any number of threads may use it.
 *
 * <p>A text is a function of template and messages: {@code strftime_now} is not defined, and templates that ask for it
 * fall back to their own date. Tools and documents are not passed.
 */
public final class ChatTemplate {
    private static final String FILE = "chat_template.jinja";
    private static final String CONFIG = "tokenizer_config.json";
    private static final String KEY = "chat_template";

    private final JinjaTemplate template;
    private final Map<String, Object> specials;

    private ChatTemplate(String template, Map<String, Object> specials) {
        this.template = compiled(template);
        this.specials = Map.copyOf(specials);
    }

    private static JinjaTemplate compiled(String template) {
        try {
            return new JinjaTemplate(template);
        } catch (TemplateException e) {
            throw new ChatTemplateException(e);
        }
    }

    /**
     * A template that is in memory.
     *
     * @param specials special tokens by their names, such as {@code bos_token}
     */
    public static ChatTemplate of(String template, Map<String, String> specials) {
        return new ChatTemplate(template, new HashMap<>(specials));
    }

    /**
     * Reads the template of a model's directory; null if it has none.
     *
     * @throws FileFormatException if a file is no JSON object, or has a template that is no text
     */
    public static ChatTemplate read(Path directory) throws IOException {
        Path file = directory.resolve(CONFIG);
        Map<String, Object> config = Files.exists(file) ? Json.read(file) : Map.of();
        String template = Files.exists(directory.resolve(FILE))
                ? Files.readString(directory.resolve(FILE))
                : inConfig(file, config.get(KEY));
        return template == null ? null : new ChatTemplate(template, specials(config));
    }

    /** One template, or the one called default of a list with names. */
    private static String inConfig(Path file, Object value) throws FileFormatException {
        if (value == null || value instanceof String) {
            return (String) value;
        }
        if (value instanceof List<?> list) {
            for (Object each : list) {
                if (each instanceof Map<?, ?> named
                        && "default".equals(named.get("name"))
                        && named.get("template") instanceof String text) {
                    return text;
                }
            }
        }
        throw new FileFormatException(
                file, KEY + " is " + value + "; allowed: a text, or a list with a template named default");
    }

    private static Map<String, Object> specials(Map<String, Object> config) {
        Map<String, Object> specials = new HashMap<>();
        config.forEach((key, value) -> {
            Object token = value instanceof Map<?, ?> added ? added.get("content") : value;
            if (key.endsWith("_token") && token instanceof String text) {
                specials.put(key, text);
            }
        });
        return specials;
    }

    /**
     * The text of a conversation.
     *
     * @param prompt true to end with the beginning of the assistant's next turn
     * @throws ChatTemplateException if the template refuses it
     */
    public String render(List<ChatMessage> messages, boolean prompt) {
        return plain(marked(messages, prompt));
    }

    /**
     * The text of a conversation and what in it is the assistant's: what the template's {@code generation} blocks mark,
     * or else what each of its turns adds.
     *
     * @throws ChatTemplateException if the template refuses it, or changes earlier turns when later ones follow
     */
    public ChatText withSpans(List<ChatMessage> messages) {
        String marked = marked(messages, false);
        return marked.indexOf(JinjaTemplate.OPEN) < 0 ? byTurns(messages, marked) : byMarks(marked);
    }

    private static ChatText byMarks(String marked) {
        StringBuilder text = new StringBuilder();
        List<Span> spans = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < marked.length(); i++) {
            char c = marked.charAt(i);
            if (c == JinjaTemplate.OPEN) {
                from = text.length();
            } else if (c == JinjaTemplate.CLOSE) {
                spans.add(new Span(from, text.length()));
            } else {
                text.append(c);
            }
        }
        return new ChatText(text.toString(), spans);
    }

    private ChatText byTurns(List<ChatMessage> messages, String whole) {
        List<Span> spans = new ArrayList<>();
        for (int i = 0; i < messages.size(); i++) {
            if (messages.get(i).role().equals(ChatMessage.ASSISTANT)) {
                String before = render(messages.subList(0, i), true);
                String after = render(messages.subList(0, i + 1), false);
                if (!after.startsWith(before) || !whole.startsWith(after)) {
                    throw new ChatTemplateException("turn " + (i + 1) + " is rendered otherwise when turns follow, so "
                            + "that its text cannot be told apart; mark it in the template with {% generation %} and "
                            + "{% endgeneration %}, or train on everything");
                }
                spans.add(new Span(before.length(), after.length()));
            }
        }
        return new ChatText(whole, spans);
    }

    private String marked(List<ChatMessage> messages, boolean prompt) {
        Map<String, Object> values = new HashMap<>(specials);
        List<Map<String, Object>> turns = new ArrayList<>();
        for (ChatMessage message : messages) {
            turns.add(new HashMap<>(Map.of("role", message.role(), "content", message.content())));
        }
        values.put("messages", turns);
        values.put("add_generation_prompt", prompt);
        try {
            return template.render(values);
        } catch (TemplateException e) {
            throw new ChatTemplateException(e);
        }
    }

    private static String plain(String marked) {
        return marked.replace(String.valueOf(JinjaTemplate.OPEN), "").replace(String.valueOf(JinjaTemplate.CLOSE), "");
    }
}
