package dev.graft.runtime.vertx.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.util.List;

/**
 * A route as the server serves it and as the OpenAPI document tells it: both are made from this.
 *
 * @param method of HTTP
 * @param path with names as {@code :name}
 * @param scope that a key needs, or null where none is needed
 * @param summary a sentence for people
 * @param body what it takes
 * @param answer name of the schema of what it gives, or a media type; status 200, or 201 if it makes something
 * @param problems statuses of errors besides those that follow from the rest
 * @param handler what it does
 */
record Route(
        HttpMethod method,
        String path,
        Scope scope,
        String summary,
        Body body,
        String answer,
        List<Integer> problems,
        Handler<RoutingContext> handler) {

    /**
     * What a route takes.
     *
     * @param schema name of the schema of its JSON, or null
     * @param files true for files as multipart/form-data
     */
    record Body(String schema, boolean files) {
        static final Body NONE = new Body(null, false);
        static final Body FILES = new Body(null, true);

        static Body json(String schema) {
            return new Body(schema, false);
        }

        boolean isNone() {
            return schema == null && !files;
        }
    }

    /** Status of success. */
    int status() {
        return answer.equals("Published") || answer.equals("Submitted") ? 201 : 200;
    }
}
