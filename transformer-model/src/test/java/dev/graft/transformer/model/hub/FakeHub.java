package dev.graft.transformer.model.hub;

import dev.graft.peft.spi.file.Hashes;
import dev.graft.peft.spi.file.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/** A hub on a socket, with one repository, that can be told to misbehave in any way that bytes allow. */
final class FakeHub implements AutoCloseable {
    static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
    static final String REPOSITORY = "org/tiny";

    /** What somebody asked for; header names in lower case. */
    record Request(String method, String path, Map<String, String> headers) {
        boolean isFor(String wanted, String file) {
            return method.equals(wanted) && path.endsWith(file);
        }
    }

    /**
     * What is answered.
     *
     * @param sent bytes of the body that really go out before the connection ends; -1 for all
     * @param silence milliseconds of silence behind them
     */
    record Reply(int status, Map<String, String> headers, byte[] body, int sent, int silence) {
        Reply(int status, Map<String, String> headers, byte[] body) {
            this(status, headers, body, -1, 0);
        }

        Reply with(String name, String value) {
            Map<String, String> changed = new LinkedHashMap<>(headers);
            changed.put(name, value);
            return new Reply(status, changed, body, sent, silence);
        }

        Reply without(String name) {
            Map<String, String> changed = new LinkedHashMap<>(headers);
            changed.remove(name);
            return new Reply(status, changed, body, sent, silence);
        }

        Reply cutAfter(int bytes) {
            return new Reply(status, headers, body, Math.min(bytes, body.length), silence);
        }

        Reply silentFor(int milliseconds) {
            return new Reply(status, headers, body, sent, milliseconds);
        }
    }

    private final ServerSocket socket;
    final Map<String, byte[]> files = new TreeMap<>();
    final List<Request> requests = new CopyOnWriteArrayList<>();

    /** Changes answers of the well-behaved hub. */
    volatile Fault fault = (request, reply) -> reply;

    /** Changes an answer. */
    interface Fault {
        Reply apply(Request request, Reply good);
    }

    FakeHub() throws IOException {
        socket = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        Thread thread = new Thread(this::serve, "hub");
        thread.setDaemon(true);
        thread.start();
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + socket.getLocalPort());
    }

    HubSettings settings(Path cache) {
        return new HubSettings(endpoint(), cache, "hf_secret", false, Duration.ofSeconds(5), Duration.ofMillis(1));
    }

    void put(String name, String text) {
        files.put(name, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Files that the hub keeps apart, behind a redirect. */
    static boolean isLarge(String name) {
        return name.endsWith(".safetensors") || name.endsWith(".gguf") || name.endsWith(".bin");
    }

    /** The requests for a file. */
    List<Request> asked(String method, String file) {
        return requests.stream().filter(request -> request.isFor(method, file)).toList();
    }

    /** Changes answers to one kind of request. */
    void misbehave(String method, String file, UnaryOperator<Reply> change) {
        fault = (request, reply) -> request.isFor(method, file) ? change.apply(reply) : reply;
    }

    private void serve() {
        while (!socket.isClosed()) {
            try {
                Socket client = socket.accept();
                Thread thread = new Thread(() -> talk(client));
                thread.setDaemon(true);
                thread.start();
            } catch (IOException e) {
                return;
            }
        }
    }

    private void talk(Socket client) {
        try (client) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.ISO_8859_1));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String[] words = line.split(" ");
                Map<String, String> headers = new TreeMap<>();
                for (String next = in.readLine(); !next.isEmpty(); next = in.readLine()) {
                    int colon = next.indexOf(':');
                    headers.put(
                            next.substring(0, colon).toLowerCase(Locale.ROOT),
                            next.substring(colon + 1).strip());
                }
                Request request = new Request(words[0], words[1], headers);
                requests.add(request);
                if (!send(client.getOutputStream(), request, fault.apply(request, answer(request)))) {
                    return;
                }
            }
        } catch (IOException e) {
            return; // the client went away
        }
    }

    private static boolean send(OutputStream out, Request request, Reply reply) throws IOException {
        StringBuilder head = new StringBuilder("HTTP/1.1 " + reply.status() + " x\r\n");
        reply.headers().forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
        out.write((head + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        if (!request.method().equals("HEAD")) {
            out.write(reply.body(), 0, reply.sent() < 0 ? reply.body().length : reply.sent());
        }
        out.flush();
        if (reply.silence() > 0) {
            try {
                Thread.sleep(reply.silence());
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }
        return reply.sent() < 0 && reply.silence() == 0;
    }

    private Reply answer(Request request) {
        String path = request.path();
        if (path.startsWith("/api/models/" + REPOSITORY + "/revision/")) {
            return body(200, Map.of(), listing().getBytes(StandardCharsets.UTF_8));
        }
        String resolve = "/" + REPOSITORY + "/resolve/" + COMMIT + "/";
        String name = URLDecoder.decode(path.substring(path.lastIndexOf('/') + 1), StandardCharsets.UTF_8);
        byte[] content = files.get(name);
        if (content == null) {
            return body(404, Map.of("X-Error-Code", "EntryNotFound", "X-Repo-Commit", COMMIT), new byte[0]);
        }
        if (path.startsWith("/large/")) {
            return ranged(request, content, Map.of());
        }
        if (!path.startsWith(resolve)) {
            return body(404, Map.of("X-Error-Code", "RepoNotFound"), new byte[0]);
        }
        if (!isLarge(name)) {
            return ranged(request, content, Map.of("X-Repo-Commit", COMMIT, "ETag", "\"" + etag(name) + "\""));
        }
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("X-Repo-Commit", COMMIT);
        headers.put("X-Linked-Etag", "\"" + etag(name) + "\"");
        headers.put("X-Linked-Size", String.valueOf(content.length));
        // the same server under another name is another host to a client
        headers.put("Location", "http://localhost:" + socket.getLocalPort() + "/large/" + name);
        return body(302, headers, new byte[0]);
    }

    private static Reply ranged(Request request, byte[] content, Map<String, String> headers) {
        String range = request.headers().get("range");
        if (range == null) {
            return body(200, headers, content);
        }
        int from = Integer.parseInt(range.replaceAll("bytes=(\\d+)-", "$1"));
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put("Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
        return body(206, more, java.util.Arrays.copyOfRange(content, from, content.length));
    }

    private static Reply body(int status, Map<String, String> headers, byte[] content) {
        return new Reply(status, headers, content).with("Content-Length", String.valueOf(content.length));
    }

    /** A file's ETag: SHA-256 of a large one, else 40 digits. */
    String etag(String name) {
        String hash = Hashes.sha256(files.get(name));
        return isLarge(name) ? hash : hash.substring(0, 40);
    }

    private String listing() {
        List<Map<String, Object>> siblings = new ArrayList<>();
        files.keySet().forEach(name -> siblings.add(Map.of("rfilename", name)));
        return Json.line(Map.of("id", REPOSITORY, "sha", COMMIT, "siblings", siblings));
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
