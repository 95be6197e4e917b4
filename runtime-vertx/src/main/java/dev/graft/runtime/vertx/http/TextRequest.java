package dev.graft.runtime.vertx.http;

import dev.graft.runtime.vertx.message.Fields;
import dev.graft.runtime.vertx.message.GenerateRequest;
import dev.graft.runtime.vertx.message.GenerateRequest.Turn;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A request for texts, of completions or of a chat, as OpenAI's clients write it. A key that would change the answer and
 * is not known is an error; keys that change nothing here are let through.
 *
 * @param model as it was asked for
 * @param each a request for the bus, one for each prompt
 * @param stream true for server-sent events
 * @param usage true if a stream ends with a count of tokens
 */
record TextRequest(String model, List<GenerateRequest> each, boolean stream, boolean usage) {
    private static final int MOST_PROMPTS = 64;
    private static final int COMPLETION_TOKENS = 16;
    private static final int CHAT_TOKENS = 256;
    private static final Set<String> IGNORED =
            Set.of("user", "metadata", "store", "safety_identifier", "prompt_cache_key", "parallel_tool_calls");
    private static final Set<String> ROLES = Set.of("system", "user", "assistant");

    /** Reads the body of /v1/completions. */
    static TextRequest completion(JsonObject given, Asked asked, Backend backend, int promptChars) {
        JsonObject json = stripped(given);
        TextFields.only(json, "echo", false);
        TextFields.only(json, "best_of", 1);
        TextFields.only(json, "suffix", "");
        TextFields.only(json, "logprobs");
        List<String> prompts = Texts.of("prompt", json.remove("prompt"), MOST_PROMPTS, promptChars);
        return read(json, asked, backend, "max_tokens", COMPLETION_TOKENS, prompts, List.of());
    }

    /** Reads the body of /v1/chat/completions. */
    static TextRequest chat(JsonObject given, Asked asked, Backend backend, int promptChars) {
        JsonObject json = stripped(given);
        TextFields.only(json, "logprobs", false);
        TextFields.only(json, "top_logprobs", 0);
        TextFields.only(json, "tools", new JsonArray());
        TextFields.only(json, "tool_choice", "none", "auto");
        TextFields.only(json, "response_format", new JsonObject(Map.of("type", "text")));
        TextFields.only(json, "modalities", new JsonArray(List.of("text")));
        if (json.containsKey("max_tokens") && json.containsKey("max_completion_tokens")) {
            throw Fields.wrong(
                    "max_completion_tokens", json.getValue("max_completion_tokens"), "one of it and max_tokens");
        }
        String limit = json.containsKey("max_completion_tokens") ? "max_completion_tokens" : "max_tokens";
        List<Turn> turns = turns(json.remove("messages"), promptChars);
        return read(json, asked, backend, limit, CHAT_TOKENS, null, turns);
    }

    /** What both have with one value only is checked and taken out. */
    private static JsonObject stripped(JsonObject given) {
        JsonObject json = new JsonObject();
        given.fieldNames().stream()
                .filter(key -> given.getValue(key) != null && !IGNORED.contains(key))
                .forEach(key -> json.put(key, given.getValue(key)));
        TextFields.only(json, "n", 1);
        TextFields.only(json, "presence_penalty", 0);
        TextFields.only(json, "frequency_penalty", 0);
        TextFields.only(json, "logit_bias", new JsonObject());
        TextFields.only(json, "service_tier", "auto", "default");
        return json;
    }

    private static TextRequest read(
            JsonObject json,
            Asked asked,
            Backend backend,
            String limit,
            int tokens,
            List<String> prompts,
            List<Turn> chat) {
        List<String> stops = TextFields.stops(json.remove("stop"));
        boolean stream = Boolean.TRUE.equals(json.getValue("stream"));
        boolean usage = TextFields.usage(json.remove("stream_options"), stream);
        TextFields text = new TextFields(json);
        String model = text.fields().text("model");
        text.fields().flag("stream", false);
        GenerateRequest.Sampling sampling = text.sampling();
        int most = text.maxTokens(limit, tokens);
        text.fields().finish("the request");
        String adapter = asked.adapter(model, backend.model());
        List<GenerateRequest> each = prompts == null
                ? List.of(new GenerateRequest(adapter, null, chat, most, sampling, stops, stream))
                : prompts.stream()
                        .map(prompt -> new GenerateRequest(adapter, prompt, List.of(), most, sampling, stops, stream))
                        .toList();
        return new TextRequest(model, each, stream, usage);
    }

    private static List<Turn> turns(Object given, int promptChars) {
        if (!(given instanceof JsonArray array) || array.isEmpty()) {
            throw Fields.wrong("messages", given, "a list of {\"role\", \"content\"}, at least one");
        }
        List<Turn> turns = new ArrayList<>();
        int chars = 0;
        for (Object each : array) {
            if (!(each instanceof JsonObject json)) {
                throw Fields.wrong("messages", each, "objects with role and content");
            }
            Turn turn = turn(json);
            turns.add(turn);
            chars += turn.content().length();
            Texts.limit("messages", chars, promptChars);
        }
        return turns;
    }

    private static Turn turn(JsonObject given) {
        JsonObject json = given.copy();
        String content = Texts.content(json.remove("content"));
        TextFields.only(json, "tool_calls", new JsonArray());
        TextFields.only(json, "refusal");
        TextFields.only(json, "audio");
        TextFields.only(json, "function_call");
        json.remove("annotations"); // what clients send back of an answer; it is no part of the text
        Fields fields = new Fields(json);
        String role = fields.requireText("role");
        fields.finish("a message");
        role = role.equals("developer") ? "system" : role;
        if (!ROLES.contains(role)) {
            throw Fields.wrong("role", role, "system, developer, user, assistant");
        }
        return new Turn(role, content);
    }
}
