package dev.graft.training.data;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.transformer.model.chat.ChatMessage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Reads a file of texts to be continued, one a line, strictly: {@code {"prompt": "...", "completion": "..."}}, perhaps with
 * {@code "references": ["...", ...]}, or conversations, {@code {"messages": [{"role": "user", "content": "..."}, ...]}}.
 */
public final class GenerationExamples {
    private static final String REFERENCES = "references";
    private static final Set<String> KEYS = Set.of("prompt", "completion", REFERENCES);
    private static final String MESSAGES = "messages";
    private static final Set<String> TURN = Set.of("role", "content");

    private GenerationExamples() {}

    /** All rows, at least one. */
    public static List<GenerationRow> read(Path file) throws DataException {
        return JsonLines.read(file, GenerationExamples::row);
    }

    /** Takes rows one after another. */
    @FunctionalInterface
    public interface Taker {
        /** The next row. */
        void take(GenerationRow row) throws IOException;
    }

    /**
     * The rows of a file, in its order, without keeping them.
     *
     * @throws DataException that names the line of the first thing that is wrong; the rows before it were taken
     */
    public static void forEach(Path file, Taker taker) throws IOException {
        JsonLines.forEach(file, GenerationExamples::row, taker::take);
    }

    /** True if the first row has a prompt or messages. */
    public static boolean isGeneration(Path file) throws DataException {
        JsonNode first = JsonLines.first(file).object();
        return first.has("prompt") || first.has(MESSAGES);
    }

    private static GenerationRow row(JsonLine line) throws DataException {
        if (line.object().has(MESSAGES)) {
            return conversation(line);
        }
        line.keys(KEYS);
        return new GenerationExample(line.text("prompt"), line.text("completion"), line.texts(REFERENCES));
    }

    private static ChatExample conversation(JsonLine line) throws DataException {
        line.keys(Set.of(MESSAGES));
        JsonNode list = line.object().get(MESSAGES);
        if (!list.isArray() || list.isEmpty()) {
            throw line.wrong("key 'messages' is " + Shown.of(list.toString())
                    + "; allowed: a list of turns, [{\"role\": \"user\", \"content\": \"...\"}, ...]");
        }
        List<ChatMessage> messages = new ArrayList<>();
        for (JsonNode each : list) {
            if (!each.isObject()) {
                throw line.wrong("a turn of 'messages' is " + Shown.of(each.toString())
                        + "; allowed: an object with role and content");
            }
            JsonLine turn = new JsonLine(line.file(), line.number(), each);
            turn.keys(TURN);
            messages.add(new ChatMessage(turn.text("role"), turn.text("content")));
        }
        return new ChatExample(messages);
    }
}
