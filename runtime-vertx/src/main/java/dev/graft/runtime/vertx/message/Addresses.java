package dev.graft.runtime.vertx.message;

import java.util.regex.Pattern;

/** Where services are found on the bus. The number is the version of the messages. */
public final class Addresses {
    /** Version of the contract. */
    public static final int VERSION = 1;

    /** Key of a request's id for logs, which any request may have; it changes nothing. */
    public static final String REQUEST_ID = "request_id";

    private static final String ROOT = "graft." + VERSION + ".";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

    private Addresses() {}

    /** Inference with a model: {@link RowsRequest} and {@link GenerateRequest}. */
    public static String model(String model) {
        return ROOT + "model." + name("model", model);
    }

    /** The adapters of a model: {@link AdapterRequest}. */
    public static String adapters(String model) {
        return ROOT + "adapters." + name("model", model);
    }

    /** Where a node of a model's adapters says to the others that it has a new version; see {@link AdapterRequest}. */
    public static String published(String model) {
        return ROOT + "published." + name("model", model);
    }

    /**
     * A name of a model or an adapter, which may become a folder's.
     *
     * @throws Failure if it is not one
     */
    public static String name(String what, String name) {
        if (name == null || !NAME.matcher(name).matches() || name.contains("..")) {
            throw new Failure(
                    Failure.Code.BAD_REQUEST,
                    what + " is " + Fields.shown(name) + "; allowed: 1 to 128 letters, digits, and . _ - within");
        }
        return name;
    }
}
