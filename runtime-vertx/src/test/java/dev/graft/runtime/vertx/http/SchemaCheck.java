package dev.graft.runtime.vertx.http;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.Objects;

/** Whether a value fits a schema, for the keywords that schemas.json uses; another keyword is an error. */
final class SchemaCheck {
    private static final Map<String, Class<?>> TYPES = Map.of(
            "string", String.class,
            "number", Number.class,
            "boolean", Boolean.class,
            "object", JsonObject.class,
            "array", JsonArray.class);

    private final JsonObject schemas;

    SchemaCheck(JsonObject document) {
        schemas = document.getJsonObject("components").getJsonObject("schemas");
    }

    /** Null if it fits, else where it does not. */
    String wrong(JsonObject schema, Object value, String at) {
        for (String word : schema.fieldNames()) {
            String wrong = keyword(schema, word, value, at);
            if (wrong != null) {
                return wrong;
            }
        }
        return null;
    }

    private String keyword(JsonObject schema, String word, Object value, String at) {
        Object given = schema.getValue(word);
        boolean fits = switch (word) {
            case "type" -> type((String) given, value);
            case "const" -> Objects.equals(given, value);
            case "enum" -> ((JsonArray) given).contains(value);
            case "minItems" -> ((JsonArray) value).size() >= (int) given;
            case "required" ->
                ((JsonArray) given).stream().allMatch(key -> ((JsonObject) value).containsKey((String) key));
            case "anyOf" -> ((JsonArray) given).stream().anyMatch(each -> wrong((JsonObject) each, value, at) == null);
            case "$ref", "properties", "items", "additionalProperties" -> true;
            default -> throw new IllegalArgumentException(word + " is not checked");
        };
        return !fits ? at + ": " + word + " " + given + " but " + value : inner(schema, word, value, at);
    }

    private String inner(JsonObject schema, String word, Object value, String at) {
        return switch (word) {
            case "$ref" -> wrong(schemas.getJsonObject(schema.getString(word).replaceFirst(".*/", "")), value, at);
            case "items" ->
                value instanceof JsonArray array
                        ? array.stream()
                                .map(each -> wrong(schema.getJsonObject(word), each, at + "[]"))
                                .filter(Objects::nonNull)
                                .findFirst()
                                .orElse(null)
                        : null;
            case "additionalProperties" -> value instanceof JsonObject object ? others(schema, object, at) : null;
            default -> null;
        };
    }

    private String others(JsonObject schema, JsonObject value, String at) {
        JsonObject known = schema.getJsonObject("properties", new JsonObject());
        for (String key : value.fieldNames()) {
            Object other = schema.getValue("additionalProperties");
            JsonObject inside = known.containsKey(key)
                    ? known.getJsonObject(key)
                    : other instanceof JsonObject object ? object : new JsonObject();
            if (!known.containsKey(key) && Boolean.FALSE.equals(other)) {
                return at + ": the key " + key + " is not in the schema";
            }
            String wrong = wrong(inside, value.getValue(key), at + "." + key);
            if (wrong != null) {
                return wrong;
            }
        }
        return null;
    }

    private static boolean type(String type, Object value) {
        return switch (type) {
            case "null" -> value == null;
            case "integer" -> value instanceof Number number && number.doubleValue() == Math.rint(number.doubleValue());
            default -> TYPES.get(type).isInstance(value);
        };
    }
}
