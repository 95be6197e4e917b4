package dev.graft.runtime.vertx.http;

import dev.graft.runtime.vertx.message.Fields;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** Reads texts of requests: one or a list, none beyond the limit. */
final class Texts {
    private Texts() {}

    /** One text or a list of them. */
    static List<String> of(String key, Object given, int most, int chars) {
        if (given instanceof String text) {
            limit(key, text.length(), chars);
            return List.of(text);
        }
        if (!(given instanceof JsonArray array) || array.isEmpty() || array.size() > most) {
            throw Fields.wrong(key, kind(given), "a text, or a list of 1 to " + most + " texts");
        }
        for (Object each : array) {
            if (!(each instanceof String text)) {
                throw Fields.wrong(key, kind(each), "texts; numbers of tokens are not taken");
            }
            limit(key, text.length(), chars);
        }
        return array.stream().map(String.class::cast).toList();
    }

    private static Object kind(Object given) {
        return given instanceof JsonArray array ? "a list of " + array.size() : given;
    }

    /** Refuses what is too long before anything is made of it. */
    static void limit(String key, int length, int chars) {
        if (length > chars) {
            throw new Problem.Refused(
                    400, "context_length_exceeded", key + " is of " + length + " characters; allowed: " + chars);
        }
    }

    /** What was said in a message: a text, or parts that are texts. */
    static String content(Object given) {
        if (given instanceof String text) {
            return text;
        }
        if (!(given instanceof JsonArray array) || array.isEmpty()) {
            throw Fields.wrong("content", given, "a text, or a list of {\"type\": \"text\", \"text\"}");
        }
        StringBuilder all = new StringBuilder();
        for (Object each : array) {
            if (!(each instanceof JsonObject part) || !"text".equals(part.getValue("type"))) {
                throw Fields.wrong("content", each, "parts of the type text");
            }
            Fields fields = new Fields(part);
            fields.text("type");
            all.append(fields.requireText("text"));
            fields.finish("a part of content");
        }
        return all.toString();
    }
}
