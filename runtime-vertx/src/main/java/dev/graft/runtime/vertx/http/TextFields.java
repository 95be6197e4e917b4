package dev.graft.runtime.vertx.http;

import dev.graft.runtime.vertx.message.Failure;
import dev.graft.runtime.vertx.message.Fields;
import dev.graft.runtime.vertx.message.GenerateRequest.Sampling;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.security.SecureRandom;
import java.util.List;

/** Reads what requests for texts have in common: sampling, and what OpenAI's clients send though it has one value here. */
final class TextFields {
    private static final int MOST_STOPS = 16;
    private static final int MOST_TOKENS = 1 << 20;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final JsonObject json;
    private final Fields fields;

    TextFields(JsonObject given) {
        json = given.copy();
        List<String> nulls = json.fieldNames().stream()
                .filter(key -> json.getValue(key) == null)
                .toList();
        nulls.forEach(json::remove); // null is the same as nothing, as clients mean it
        fields = new Fields(json);
    }

    Fields fields() {
        return fields;
    }

    /** Takes a key out before it is read in another way. */
    static Object take(JsonObject json, String key) {
        return json.remove(key);
    }

    Sampling sampling() {
        double temperature = within("temperature", 1, 0, 2);
        double topP = within("top_p", 1, 0, 1);
        if (topP == 0) {
            throw Fields.wrong("top_p", topP, "above 0, at most 1");
        }
        return new Sampling(
                temperature,
                fields.whole("top_k", 0, 0, Integer.MAX_VALUE),
                topP,
                within("min_p", 0, 0, 1),
                within("repetition_penalty", 1, 0.01, 100),
                seed());
    }

    private long seed() {
        Object seed = json.getValue("seed");
        if (seed instanceof Number number && (number instanceof Double || number instanceof java.math.BigInteger)) {
            throw Fields.wrong("seed", seed, "a whole number of 64 bits");
        }
        return fields.seed("seed", RANDOM.nextInt() & Integer.MAX_VALUE);
    }

    private double within(String key, double otherwise, double least, double most) {
        double value = fields.number(key, otherwise);
        if (!(value >= least && value <= most)) {
            throw Fields.wrong(key, value, "a number from " + least + " to " + most);
        }
        return value;
    }

    int maxTokens(String key, int otherwise) {
        return fields.whole(key, otherwise, 1, MOST_TOKENS);
    }

    /** Strings that end a text. */
    static List<String> stops(Object stop) {
        if (stop == null) {
            return List.of();
        }
        List<?> all = stop instanceof JsonArray array ? array.getList() : List.of(stop);
        if (all.size() > MOST_STOPS
                || all.stream().anyMatch(each -> !(each instanceof String text) || text.isEmpty())) {
            throw Fields.wrong("stop", stop, "a text, or at most " + MOST_STOPS + " texts, none of them empty");
        }
        return all.stream().map(String.class::cast).toList();
    }

    /** True if a stream ends with a chunk that counts tokens. */
    static boolean usage(Object options, boolean stream) {
        if (options == null) {
            return false;
        }
        if (!(options instanceof JsonObject object) || !stream) {
            throw Fields.wrong("stream_options", options, "an object, with stream");
        }
        Fields inside = new Fields(object);
        boolean usage = inside.flag("include_usage", false);
        inside.flag("include_obfuscation", false);
        inside.finish("stream_options");
        return usage;
    }

    /** Accepts a key only with a value that changes nothing. */
    static void only(JsonObject json, String key, Object... allowed) {
        Object value = json.remove(key);
        if (value == null) {
            return;
        }
        for (Object each : allowed) {
            boolean same = each instanceof Number number && value instanceof Number given
                    ? number.doubleValue() == given.doubleValue()
                    : each.equals(value);
            if (same) {
                return;
            }
        }
        throw new Failure(
                Failure.Code.BAD_REQUEST,
                Fields.wrong(key, value, "").getMessage() + List.of(allowed)
                        + ", or nothing: it is not supported here");
    }
}
