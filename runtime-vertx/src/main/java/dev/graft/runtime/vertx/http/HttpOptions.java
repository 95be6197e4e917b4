package dev.graft.runtime.vertx.http;

import java.nio.file.Path;

/**
 * Where the door is and what it lets through.
 *
 * @param host address of both ports
 * @param port of inference; 0 for any free one
 * @param adminPort of administration; 0 for any free one
 * @param keys file of API keys, or null for none: then only programs of this machine are answered
 * @param certificate PEM for TLS, or null for none
 * @param privateKey PEM of its key, or null
 * @param limits of each request and client
 */
public record HttpOptions(
        String host, int port, int adminPort, Path keys, Path certificate, Path privateKey, Limits limits) {

    /**
     * What a request and a client may use.
     *
     * @param bodyBytes most bytes of a request
     * @param adapterBytes most bytes of an adapter that is published
     * @param promptChars most characters of a text
     * @param perMinute most requests a minute of one key, or of one address where there are no keys; 0 for any
     * @param concurrent most requests at a time; more are answered busy
     * @param bodyMillis time in which a request must have come whole, its head and its body each
     * @param idleMillis time in which something must be read from or written to a connection: more than an answer may
     *     take, or it is cut off
     */
    public record Limits(
            long bodyBytes,
            long adapterBytes,
            int promptChars,
            int perMinute,
            int concurrent,
            long bodyMillis,
            long idleMillis) {
        /** For a machine of any size. */
        public static final Limits DEFAULT = new Limits(4 << 20, 512L << 20, 200_000, 0, 256, 20_000, 130_000);

        /** Checks the ranges. */
        public Limits {
            if (bodyBytes < 1
                    || adapterBytes < 1
                    || promptChars < 1
                    || perMinute < 0
                    || concurrent < 1
                    || bodyMillis < 1
                    || idleMillis < 1) {
                throw new IllegalArgumentException("a limit is below 1, or the requests a minute are below 0");
            }
        }
    }

    /** Checks what belongs together. */
    public HttpOptions {
        if ((certificate == null) != (privateKey == null)) {
            throw new IllegalArgumentException("TLS needs both a certificate and its private key; one is missing");
        }
        if (keys == null && !Local.isLoopback(host)) {
            throw new IllegalArgumentException("the host is " + host
                    + ", which others reach, but there is no file of API keys; give one, or use 127.0.0.1");
        }
    }
}
