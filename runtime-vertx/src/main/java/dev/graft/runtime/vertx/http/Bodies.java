package dev.graft.runtime.vertx.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.util.Map;

/** Reads bodies of JSON strictly: one object, no key twice, nothing behind it. */
final class Bodies {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Bodies() {}

    /** The object of a request. */
    static JsonObject object(RoutingContext ctx) {
        Buffer bytes = ctx.body().buffer();
        try {
            @SuppressWarnings("unchecked")
            Map<String, Object> map = JSON.readValue(bytes == null ? new byte[0] : bytes.getBytes(), Map.class);
            if (map == null) {
                throw new Problem.Refused(400, "invalid_json", "the body is null; allowed: a JSON object");
            }
            return new JsonObject(map);
        } catch (JsonProcessingException e) {
            throw new Problem.Refused(400, "invalid_json", "the body is no JSON object: " + place(e));
        } catch (IOException e) {
            throw new Problem.Refused(400, "invalid_json", "the body is no JSON object");
        }
    }

    private static String place(JsonProcessingException e) {
        String said = e.getOriginalMessage().replaceAll("\\p{Cntrl}", " ");
        String at = e.getLocation() == null
                ? ""
                : " at line " + e.getLocation().getLineNr() + ", column "
                        + e.getLocation().getColumnNr();
        return (said.contains("Duplicate field") ? "a key comes twice" : "it cannot be read") + at;
    }
}
