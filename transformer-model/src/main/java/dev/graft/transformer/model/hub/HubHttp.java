package dev.graft.transformer.model.hub;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Set;
import javax.net.ssl.SSLException;

/**
 * Requests to a hub. Redirects are followed here, so that the token goes to the hub alone: once an address of another
 * host is on the way, no request carries it any more.
 */
final class HubHttp {
    /** Answers that may be another one a little later. */
    private static final Set<Integer> BUSY = Set.of(408, 429, 500, 502, 503, 504);

    private static final int RETRIES = 5;
    private static final long LONGEST_WAIT_MILLIS = 8000;

    private final HubSettings settings;
    private final HttpClient client;

    HubHttp(HubSettings settings) {
        this.settings = settings;
        this.client = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(settings.patience())
                .version(HttpClient.Version.HTTP_1_1)
                .build();
    }

    /** What came in the end. */
    record Answer(URI uri, int status, HttpHeaders headers) {
        /** A header, or null. */
        String header(String name) {
            return headers.firstValue(name).orElse(null);
        }

        /** True where there is a body. */
        boolean good() {
            return status >= 200 && status < 300;
        }
    }

    /** Something to do again if it fails on the way. */
    @FunctionalInterface
    interface Attempt<T> {
        T run() throws IOException;
    }

    /** Tries again where a connection breaks or a server is busy, a few times, waiting longer each time. */
    <T> T patiently(Attempt<T> attempt) throws IOException {
        for (int failures = 0; ; failures++) {
            try {
                return attempt.run();
            } catch (IOException e) {
                again(e, failures);
            }
        }
    }

    /** Waits before the next attempt; throws where there is to be none. */
    void again(IOException failure, int failures) throws IOException {
        if (failure instanceof HubException || failure instanceof InterruptedIOException) {
            throw failure;
        }
        if (failure instanceof SSLException || failure.getCause() instanceof SSLException) {
            throw new HubException(failure.getMessage() + "; the connection is not safe", failure);
        }
        if (failures >= RETRIES) {
            throw new HubException(
                    failure.getMessage() + "; tried " + (failures + 1) + " times; check the network, or set "
                            + "HF_HUB_OFFLINE=1 to use what was pulled before",
                    failure);
        }
        Sleep.of(Math.min(LONGEST_WAIT_MILLIS, settings.firstWait().toMillis() << failures));
    }

    /** A server asks to come back later. */
    private static final class BusyException extends IOException {
        private static final long serialVersionUID = 1L;

        BusyException(String message) {
            super(message);
        }
    }

    /** The file's headers; a redirect that tells of the file is the answer itself. */
    Answer head(URI uri) throws IOException {
        return send("HEAD", uri, 0, BodyReceiver.NONE);
    }

    /** A file from a byte on. */
    Answer get(URI uri, long from, BodyReceiver receiver) throws IOException {
        return send("GET", uri, from, receiver);
    }

    /** An answer and its body. */
    record Text(Answer answer, byte[] body) {}

    /** A short text. */
    Text text(URI uri, int most) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        Answer answer = get(uri, 0, new BodyReceiver() {
            @Override
            public void begin(int status, HttpHeaders headers) {
                all.reset();
            }

            @Override
            public void accept(byte[] piece) throws IOException {
                if (all.size() + piece.length > most) {
                    throw new HubException(uri + " gives more than " + most + " bytes");
                }
                all.write(piece);
            }
        });
        return new Text(answer, all.toByteArray());
    }

    private Answer send(String method, URI start, long from, BodyReceiver receiver) throws IOException {
        boolean home = true;
        URI at = start;
        for (int hops = 0; hops <= Redirects.MOST; hops++) {
            home &= Redirects.sameOrigin(at, settings.endpoint());
            HttpResponse<?> got = Exchange.run(client, request(method, at, from, home), receiver, settings.patience());
            Answer answer = new Answer(at, got.statusCode(), got.headers());
            if (BUSY.contains(answer.status())) {
                throw new BusyException(at + " answers " + answer.status());
            }
            if (!Redirects.isRedirect(answer.status())) {
                return answer;
            }
            URI next = Redirects.target(at, answer.header("Location"));
            if (method.equals("HEAD") && (FileFacts.areIn(answer) || !Redirects.sameOrigin(at, next))) {
                return answer;
            }
            at = next;
        }
        throw new HubException(start + " leads from address to address, more than " + Redirects.MOST + " times");
    }

    private HttpRequest request(String method, URI uri, long from, boolean home) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .method(method, BodyPublishers.noBody())
                .header("Accept-Encoding", "identity")
                .header("User-Agent", "graft");
        if (from > 0) {
            request.header("Range", "bytes=" + from + "-");
        }
        if (home && settings.token() != null) {
            request.header("Authorization", "Bearer " + settings.token());
        }
        return request.build();
    }
}
