package dev.graft.cli;

import dev.graft.peft.spi.SettingsException;
import dev.graft.runtime.vertx.http.HttpDoor;
import dev.graft.runtime.vertx.http.HttpOptions;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** Where a process answers over HTTP, to whom, and how much. */
final class HttpArguments {
    private static final HttpOptions.Limits USUAL = HttpOptions.Limits.DEFAULT;
    private static final int MOST_PORT = 65_535;
    private static final long MIB = 1 << 20;
    private static final long SECOND = 1000;
    private static final long IDLE = 10 * SECOND;

    @Option(names = "--port", paramLabel = "N", description = "Answer over HTTP on this port; 0: any free one.")
    private Integer port;

    @Option(
            names = "--admin-port",
            paramLabel = "N",
            description = "Port of administration and of the page (default: --port + 1; 0: any free one).")
    private Integer adminPort;

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description = "Address of both ports (${DEFAULT-VALUE}); another needs --keys.")
    private String host;

    @Option(
            names = "--keys",
            paramLabel = "FILE",
            description = "API keys, see graft key; without, only programs of this machine are answered.")
    private Path keys;

    @Option(names = "--tls-certificate", paramLabel = "FILE", description = "PEM: the certificate of both ports.")
    private Path certificate;

    @Option(names = "--tls-key", paramLabel = "FILE", description = "PEM: its private key (PKCS#8).")
    private Path privateKey;

    @Option(
            names = "--max-body",
            paramLabel = "MIB",
            defaultValue = "4",
            description = "Largest body of a request (${DEFAULT-VALUE}).")
    private long body;

    @Option(
            names = "--max-adapter",
            paramLabel = "MIB",
            defaultValue = "512",
            description = "Largest adapter that may be published over HTTP (${DEFAULT-VALUE}).")
    private long adapter;

    @Option(
            names = "--max-prompt",
            paramLabel = "CHARS",
            defaultValue = "200000",
            description = "Longest text of a request (${DEFAULT-VALUE}).")
    private int prompt;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "0",
            description = "Most requests a minute of one key; 0: any number (${DEFAULT-VALUE}).")
    private int rate;

    @Option(
            names = "--concurrent",
            paramLabel = "N",
            defaultValue = "256",
            description = "Most requests over HTTP at a time (${DEFAULT-VALUE}).")
    private int concurrent;

    @Option(
            names = "--request-timeout",
            paramLabel = "SECONDS",
            defaultValue = "120",
            description = "Time for each request over HTTP (${DEFAULT-VALUE}).")
    private long seconds;

    /** The door's options, or null where nothing is answered over HTTP. */
    HttpOptions options() {
        if (port == null) {
            if (keys != null || certificate != null || privateKey != null || adminPort != null) {
                throw new SettingsException("--keys, --admin-port and TLS have a meaning with --port only; add it");
            }
            return null;
        }
        int admin = adminPort != null ? adminPort : port == 0 ? 0 : port + 1;
        if (port < 0 || port > MOST_PORT || admin < 0 || admin > MOST_PORT || port != 0 && port == admin) {
            throw new SettingsException(
                    "the ports are " + port + " and " + admin + "; allowed: 0 to " + MOST_PORT + ", not the same");
        }
        Stream.of(keys, certificate, privateKey)
                .filter(file -> file != null && !Files.isReadable(file))
                .findFirst()
                .ifPresent(file -> {
                    throw new SettingsException(file + " cannot be read");
                });
        if (seconds < 1) {
            throw new SettingsException("--request-timeout is " + seconds + "; allowed: 1 or more");
        }
        try {
            HttpOptions.Limits limits = new HttpOptions.Limits(
                    body * MIB, adapter * MIB, prompt, rate, concurrent, USUAL.bodyMillis(), deadlineMillis() + IDLE);
            return new HttpOptions(host, port, admin, keys, certificate, privateKey, limits);
        } catch (IllegalArgumentException e) {
            throw new SettingsException(e.getMessage());
        }
    }

    /** Time for each request. */
    long deadlineMillis() {
        return seconds * SECOND;
    }

    /** Says where the door is, and what to try. */
    void say(PrintStream err, HttpDoor door, String model, boolean generates) {
        String scheme = certificate == null ? "http" : "https";
        String at = scheme + "://" + host + ":" + door.port();
        err.println("graft: listening on " + at + "; administration and the page on " + scheme + "://" + host + ":"
                + door.adminPort() + "/");
        String what = generates ? "completions" : "embeddings";
        String text = generates ? "\"prompt\": \"Hello\"" : "\"input\": \"Hello\"";
        err.println("try: curl " + at + "/v1/" + what + " -H 'Content-Type: application/json'"
                + (keys == null ? "" : " -H \"Authorization: Bearer $KEY\"") + " -d '{\"model\": \"" + model + "\", "
                + text + "}'");
    }
}
