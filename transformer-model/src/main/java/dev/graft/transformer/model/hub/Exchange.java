package dev.graft.transformer.model.hub;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One request and its answer. The body goes to a receiver piece by piece, so that a server which falls silent is
 * noticed, and one that never stops is cut off.
 */
final class Exchange {
    /** Most bytes of an answer that nobody wants to read. */
    private static final long MOST_UNREAD = 1 << 20;

    private final BodyReceiver receiver;
    private final CompletableFuture<Object> broken = new CompletableFuture<>();
    private volatile long heard = System.nanoTime();
    private boolean over;
    private boolean wanted;
    private long unread;

    private Exchange(BodyReceiver receiver) {
        this.receiver = receiver;
    }

    /**
     * Sends a request and waits for all of the answer.
     *
     * @param receiver of the body, where the status is 200 to 299
     * @param patience longest silence
     * @throws HubException as the receiver says
     * @throws IOException if the connection broke or the server fell silent
     */
    static HttpResponse<?> run(HttpClient client, HttpRequest request, BodyReceiver receiver, Duration patience)
            throws IOException {
        return new Exchange(receiver).run(client, request, patience);
    }

    private HttpResponse<?> run(HttpClient client, HttpRequest request, Duration patience) throws IOException {
        CompletableFuture<HttpResponse<Void>> answer = client.sendAsync(request, this::subscriber);
        CompletableFuture<Object> first = CompletableFuture.anyOf(answer, broken);
        try {
            while (true) {
                long left = patience.toNanos() - (System.nanoTime() - heard);
                if (left <= 0) {
                    throw new HttpTimeoutException(
                            request.uri() + ": nothing came for " + patience.toMillis() / 1000.0 + " s");
                }
                try {
                    return (HttpResponse<?>) first.get(left, TimeUnit.NANOSECONDS);
                } catch (TimeoutException e) {
                    continue; // something may have come in the meantime
                }
            }
        } catch (ExecutionException e) {
            throw asIo(request, e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("told to stop");
        } finally {
            finish();
            answer.cancel(true);
        }
    }

    private static IOException asIo(HttpRequest request, Throwable cause) {
        if (cause instanceof HubException wrong) {
            return wrong;
        }
        String what = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        return new IOException(request.uri() + ": " + what, cause);
    }

    /** What still comes is nobody's. */
    private synchronized void finish() {
        over = true;
    }

    private BodySubscriber<Void> subscriber(ResponseInfo info) {
        heard = System.nanoTime();
        synchronized (this) {
            wanted = info.statusCode() >= 200 && info.statusCode() < 300;
            if (wanted && !over) {
                try {
                    receiver.begin(info.statusCode(), info.headers());
                } catch (IOException | RuntimeException e) {
                    fail(e);
                }
            }
        }
        return BodySubscribers.ofByteArrayConsumer(piece -> piece.ifPresent(this::accept));
    }

    private synchronized void accept(byte[] piece) {
        heard = System.nanoTime();
        if (over) {
            return;
        }
        try {
            if (wanted) {
                receiver.accept(piece);
            } else if ((unread += piece.length) > MOST_UNREAD) {
                throw new IOException("an answer without end");
            }
        } catch (IOException | RuntimeException e) {
            fail(e);
        }
    }

    private void fail(Exception e) {
        over = true;
        broken.completeExceptionally(e);
    }
}
