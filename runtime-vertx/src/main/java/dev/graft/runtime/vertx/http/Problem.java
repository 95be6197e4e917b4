package dev.graft.runtime.vertx.http;

import dev.graft.runtime.vertx.message.Failure;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.handler.HttpException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An answer that is an error, in OpenAI's shape: {@code {"error": {"message", "type", "param", "code"}}}.
 *
 * @param status of HTTP
 * @param code for programs
 * @param message for people
 */
record Problem(int status, String code, String message) {
    private static final Pattern PARAM = Pattern.compile("([a-z_0-9]{1,40}) is ");

    /** An exception that ends a request with a problem. */
    static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient Problem problem;

        Refused(int status, String code, String message) {
            super(message, null, false, false);
            problem = new Problem(status, code, message);
        }

        Problem problem() {
            return problem;
        }
    }

    /** What something thrown is for the client: reasons of our own are told, others only in the log. */
    static Problem of(int status, Throwable thrown) {
        if (thrown instanceof Refused refused) {
            return refused.problem();
        }
        if (thrown instanceof Failure failure) {
            return of(failure);
        }
        if (thrown instanceof HttpException http) {
            return of(http.getStatusCode(), null);
        }
        return switch (status) {
            case 400 -> new Problem(400, "bad_request", "the request cannot be read");
            case 404 -> new Problem(404, "not_found", "there is nothing at this path; /openapi.json names all");
            case 405 -> new Problem(405, "method_not_allowed", "this path has another method; see /openapi.json");
            case 413 -> new Problem(413, "too_large", "the body is larger than this server takes");
            case 415 -> new Problem(415, "unsupported_media_type", "the body is of another type; see /openapi.json");
            default -> new Problem(500, "internal", "the server failed; its log says more under this request's id");
        };
    }

    private static Problem of(Failure failure) {
        String message = failure.getMessage();
        return switch (failure.code()) {
            case BAD_REQUEST -> new Problem(400, "invalid_value", message);
            case NOT_FOUND -> new Problem(404, "model_not_found", message);
            case CONFLICT -> new Problem(409, "conflict", message);
            case BUSY -> new Problem(503, "busy", message);
            case UNREACHABLE, CANCELLED -> new Problem(503, "unavailable", message);
            case DEADLINE -> new Problem(504, "deadline", message);
            case INTERNAL -> of(500, null);
        };
    }

    private String type() {
        return switch (status) {
            case 401 -> "authentication_error";
            case 403 -> "permission_error";
            case 429 -> "rate_limit_error";
            default -> status < 500 ? "invalid_request_error" : "server_error";
        };
    }

    JsonObject toJson() {
        Matcher named = PARAM.matcher(message == null ? "" : message);
        return new JsonObject()
                .put(
                        "error",
                        new JsonObject()
                                .put("message", message)
                                .put("type", type())
                                .put("param", status == 400 && named.lookingAt() ? named.group(1) : null)
                                .put("code", code));
    }
}
