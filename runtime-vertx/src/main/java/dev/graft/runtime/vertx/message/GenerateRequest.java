package dev.graft.runtime.vertx.message;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/**
 * Asks for a text: {@code {"op": "generate", "adapter", "prompt" | "messages": [{"role", "content"}], "max_tokens",
 * "temperature", "top_k", "top_p", "min_p", "repetition_penalty", "seed", "stop": [...], "stream"}}.
 *
 * @param adapter {@code name} or {@code name@digest}, or null for the bare base
 * @param prompt the text to continue, or null where there are messages
 * @param messages a conversation for the base's chat template; empty where there is a prompt
 * @param maxTokens most new tokens
 * @param sampling how tokens are chosen
 * @param stops strings that end the text and are no part of it
 * @param stream true for pieces as they are written: messages {@code {"piece"}} in front of the answer
 */
public record GenerateRequest(
        String adapter,
        String prompt,
        List<Turn> messages,
        int maxTokens,
        Sampling sampling,
        List<String> stops,
        boolean stream) {
    /** The word for it in messages. */
    public static final String OP = "generate";

    private static final int MOST_TOKENS = 1 << 20;

    /**
     * One turn of a conversation.
     *
     * @param role such as {@code user}
     * @param content what was said
     */
    public record Turn(String role, String content) {}

    /**
     * How tokens are chosen, with the names and meaning of Hugging Face's generation settings.
     *
     * @param temperature 0 takes the most probable token
     * @param topK 0 for all
     * @param topP 1 for all
     * @param minP 0 for all
     * @param repetitionPenalty 1 for none
     * @param seed of the draws
     */
    public record Sampling(
            double temperature, int topK, double topP, double minP, double repetitionPenalty, long seed) {
        /** The most probable token each time. */
        public static final Sampling GREEDY = new Sampling(0, 0, 1, 0, 1, 0);
    }

    /** Checks what can be checked without a model. */
    public GenerateRequest {
        messages = List.copyOf(messages);
        stops = List.copyOf(stops);
        AdapterName.parse(adapter);
        if ((prompt == null) == messages.isEmpty()) {
            throw Fields.wrong("prompt", prompt == null ? null : "there beside messages", "either prompt or messages");
        }
    }

    /** The most probable continuation of a prompt. */
    public static GenerateRequest greedy(String adapter, String prompt, int maxTokens) {
        return new GenerateRequest(adapter, prompt, List.of(), maxTokens, Sampling.GREEDY, List.of(), false);
    }

    /** The same, with pieces as they are written. */
    public GenerateRequest streamed() {
        return new GenerateRequest(adapter, prompt, messages, maxTokens, sampling, stops, true);
    }

    /** As a message. */
    public Packet toPacket() {
        JsonObject head = new JsonObject().put("op", OP).put("max_tokens", maxTokens);
        if (adapter != null) {
            head.put("adapter", adapter);
        }
        if (prompt != null) {
            head.put("prompt", prompt);
        } else {
            JsonArray turns = new JsonArray();
            messages.forEach(
                    turn -> turns.add(new JsonObject().put("role", turn.role).put("content", turn.content)));
            head.put("messages", turns);
        }
        return new Packet(head.put("temperature", sampling.temperature)
                .put("top_k", sampling.topK)
                .put("top_p", sampling.topP)
                .put("min_p", sampling.minP)
                .put("repetition_penalty", sampling.repetitionPenalty)
                .put("seed", sampling.seed)
                .put("stop", new JsonArray(new ArrayList<>(stops)))
                .put("stream", stream));
    }

    /** Reads {@link #toPacket}. */
    public static GenerateRequest of(JsonObject head) {
        Fields fields = new Fields(head);
        fields.text("op");
        fields.text(Addresses.REQUEST_ID);
        GenerateRequest request = new GenerateRequest(
                fields.text("adapter"),
                fields.text("prompt"),
                fields.objects("messages").stream().map(GenerateRequest::turn).toList(),
                fields.whole("max_tokens", 64, 1, MOST_TOKENS),
                new Sampling(
                        fields.number("temperature", 0),
                        fields.whole("top_k", 0, 0, Integer.MAX_VALUE),
                        fields.number("top_p", 1),
                        fields.number("min_p", 0),
                        fields.number("repetition_penalty", 1),
                        fields.seed("seed", 0)),
                fields.texts("stop"),
                fields.flag("stream", false));
        fields.finish("the request");
        return request;
    }

    private static Turn turn(JsonObject json) {
        Fields fields = new Fields(json);
        Turn turn = new Turn(fields.requireText("role"), fields.requireText("content"));
        fields.finish("a message");
        return turn;
    }
}
