package dev.graft.runtime.vertx.http;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The OpenAPI document of a port, made from its routes and from schemas.json. */
final class OpenApi {
    private static final Pattern NAME = Pattern.compile(":([a-z]+)");
    private static final Map<Integer, String> PROBLEMS = Map.ofEntries(
            Map.entry(400, "Something in the request is wrong; the message says what and what is allowed."),
            Map.entry(401, "No API key, or one that is not known."),
            Map.entry(403, "The key is not for this, or a page of another origin asks."),
            Map.entry(404, "There is no such thing."),
            Map.entry(409, "It does not fit what is there."),
            Map.entry(413, "The body is too large."),
            Map.entry(415, "The body is of another type."),
            Map.entry(429, "Too many requests of this client; see Retry-After."),
            Map.entry(500, "The server failed."),
            Map.entry(503, "Busy or not ready; see Retry-After."),
            Map.entry(504, "It was not done in its time."));

    private OpenApi() {}

    static JsonObject document(List<Route> routes) {
        JsonObject paths = new JsonObject();
        for (Route route : routes) {
            String path = NAME.matcher(route.path()).replaceAll("{$1}");
            if (!paths.containsKey(path)) {
                paths.put(path, new JsonObject());
            }
            paths.getJsonObject(path).put(route.method().name().toLowerCase(java.util.Locale.ROOT), operation(route));
        }
        return new JsonObject()
                .put("openapi", "3.1.0")
                .put("info", new JsonObject().put("title", "Graft").put("version", "1"))
                .put("paths", paths)
                .put(
                        "components",
                        new JsonObject()
                                .put("schemas", new JsonObject(Page.resource("schemas.json")))
                                .put(
                                        "securitySchemes",
                                        new JsonObject()
                                                .put(
                                                        "key",
                                                        new JsonObject()
                                                                .put("type", "http")
                                                                .put("scheme", "bearer"))));
    }

    private static JsonObject operation(Route route) {
        JsonObject operation = new JsonObject().put("summary", route.summary());
        JsonArray parameters = new JsonArray();
        Matcher names = NAME.matcher(route.path());
        while (names.find()) {
            parameters.add(new JsonObject()
                    .put("name", names.group(1))
                    .put("in", "path")
                    .put("required", true)
                    .put("schema", new JsonObject().put("type", "string")));
        }
        if (!parameters.isEmpty()) {
            operation.put("parameters", parameters);
        }
        if (route.scope() != null) {
            operation
                    .put("security", new JsonArray().add(new JsonObject().put("key", new JsonArray())))
                    .put("x-scope", route.scope().label());
        }
        if (route.body().files()) {
            operation.put("requestBody", body("multipart/form-data", "AdapterFiles"));
        } else if (route.body().schema() != null) {
            operation.put("requestBody", body("application/json", route.body().schema()));
        }
        return operation.put("responses", responses(route));
    }

    private static JsonObject body(String type, String schema) {
        return new JsonObject().put("required", true).put("content", content(type, schema));
    }

    private static JsonObject content(String type, String schema) {
        JsonObject reference = new JsonObject().put("$ref", "#/components/schemas/" + schema);
        return new JsonObject().put(type, new JsonObject().put("schema", reference));
    }

    private static JsonObject responses(Route route) {
        JsonObject answer = new JsonObject().put("description", "Done.");
        boolean media = route.answer().contains("/");
        JsonObject content = media
                ? new JsonObject().put(route.answer(), new JsonObject())
                : content("application/json", route.answer());
        if (route.path().endsWith("completions")) {
            content.put("text/event-stream", new JsonObject());
        }
        JsonObject responses = new JsonObject().put(Integer.toString(route.status()), answer.put("content", content));
        for (int status : problems(route)) {
            responses.put(
                    Integer.toString(status),
                    new JsonObject()
                            .put("description", PROBLEMS.get(status))
                            .put("content", content("application/json", "Error")));
        }
        return responses;
    }

    /** Statuses of errors: the route's own, those of its body, and those of keys and limits. */
    static TreeSet<Integer> problems(Route route) {
        TreeSet<Integer> all = new TreeSet<>(route.problems());
        all.add(403);
        if (!route.body().isNone()) {
            all.addAll(List.of(400, 413, 415));
        }
        if (route.scope() != null) {
            all.addAll(List.of(401, 429, 503));
        }
        return all;
    }
}
