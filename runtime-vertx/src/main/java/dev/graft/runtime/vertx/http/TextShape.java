package dev.graft.runtime.vertx.http;

import dev.graft.runtime.vertx.message.GenerateAnswer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** How an answer with texts looks: of completions, or of a chat. */
enum TextShape {
    /** Of /v1/completions. */
    COMPLETION("cmpl-", "text_completion", "text_completion") {
        @Override
        JsonObject choice(GenerateAnswer answer) {
            return new JsonObject().put("text", answer.text());
        }

        @Override
        JsonObject delta(String piece, boolean first) {
            return new JsonObject().put("text", piece);
        }
    },
    /** Of /v1/chat/completions. */
    CHAT("chatcmpl-", "chat.completion", "chat.completion.chunk") {
        @Override
        JsonObject choice(GenerateAnswer answer) {
            return new JsonObject()
                    .put(
                            "message",
                            new JsonObject()
                                    .put("role", "assistant")
                                    .put("content", answer.text())
                                    .putNull("refusal"));
        }

        @Override
        JsonObject delta(String piece, boolean first) {
            JsonObject delta = first ? new JsonObject().put("role", "assistant") : new JsonObject();
            return new JsonObject().put("delta", piece.isEmpty() && !first ? delta : delta.put("content", piece));
        }
    };

    private final String prefix;
    private final String object;
    private final String chunk;

    TextShape(String prefix, String object, String chunk) {
        this.prefix = prefix;
        this.object = object;
        this.chunk = chunk;
    }

    String prefix() {
        return prefix;
    }

    String object() {
        return object;
    }

    String chunk() {
        return chunk;
    }

    abstract JsonObject choice(GenerateAnswer answer);

    abstract JsonObject delta(String piece, boolean first);

    /** A whole answer. */
    JsonObject whole(JsonObject head, TextRequest request, List<GenerateAnswer> answers) {
        JsonArray choices = new JsonArray();
        for (int i = 0; i < answers.size(); i++) {
            GenerateAnswer answer = answers.get(i);
            choices.add(choice(answer).put("index", i).putNull("logprobs").put("finish_reason", reason(answer)));
        }
        return head.put("choices", choices).put("system_fingerprint", used(answers.get(0), request.model()));
    }

    /** An event with a piece. */
    JsonObject piece(JsonObject head, int index, String piece, boolean first) {
        return event(
                head,
                delta(piece, first).put("index", index).putNull("logprobs").putNull("finish_reason"));
    }

    /** The event that says why a text ends. */
    JsonObject last(JsonObject head, int index, GenerateAnswer answer, boolean begun) {
        JsonObject choice =
                delta("", !begun).put("index", index).putNull("logprobs").put("finish_reason", reason(answer));
        return event(head, choice).put("system_fingerprint", used(answer, head.getString("model")));
    }

    private static JsonObject event(JsonObject head, JsonObject choice) {
        return head.copy().put("choices", new JsonArray().add(choice));
    }

    /** The version that answered. */
    private static String used(GenerateAnswer answer, String model) {
        return answer.adapter() == null ? model : answer.adapter();
    }

    private static String reason(GenerateAnswer answer) {
        return answer.finish().equals("length") ? "length" : "stop";
    }
}
