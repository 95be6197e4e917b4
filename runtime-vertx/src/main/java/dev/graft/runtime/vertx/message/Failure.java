package dev.graft.runtime.vertx.message;

import io.vertx.core.json.JsonObject;
import java.util.Locale;

/** Why a request has no answer. It is an exception so that a future can fail with it; it has no stack trace. */
public final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What kind of reason it is; callers decide by it, people read the message. */
    public enum Code {
        /** The request is wrong; repeating it does not help. */
        BAD_REQUEST,
        /** A name in it is not known, or nobody serves the address. */
        NOT_FOUND,
        /** It does not fit what is there, such as a name that stands for something else. */
        CONFLICT,
        /** A queue is full; try again later or elsewhere. */
        BUSY,
        /** It was not done in its time. */
        DEADLINE,
        /** The caller gave up. */
        CANCELLED,
        /** The other side is not heard of any more. */
        UNREACHABLE,
        /** The one that serves it failed. */
        INTERNAL;

        /** As it is written in messages. */
        public String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        /** True if the same request may succeed later or at another node. */
        public boolean mayBeRepeated() {
            return this == BUSY || this == UNREACHABLE;
        }
    }

    private final Code code;

    /** A reason. */
    public Failure(Code code, String message) {
        super(message, null, false, false);
        this.code = code;
    }

    /** The kind of reason. */
    public Code code() {
        return code;
    }

    /** {"code": ..., "message": ...}. */
    public JsonObject toJson() {
        return new JsonObject().put("code", code.label()).put("message", getMessage());
    }

    /** Reads {@link #toJson}; an unknown code, of a newer node, is {@link Code#INTERNAL}. */
    public static Failure of(JsonObject json) {
        String label = json.getString("code", "");
        for (Code code : Code.values()) {
            if (code.label().equals(label)) {
                return new Failure(code, json.getString("message", ""));
            }
        }
        return new Failure(Code.INTERNAL, json.getString("message", "") + " (" + label + ")");
    }

    /** The failure that something thrown stands for. */
    public static Failure of(Throwable thrown) {
        return thrown instanceof Failure failure ? failure : new Failure(Code.INTERNAL, String.valueOf(thrown));
    }

    @Override
    public String toString() {
        return code.label() + ": " + getMessage();
    }
}
