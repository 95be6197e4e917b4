package dev.graft.runtime.vertx.transport;

import dev.graft.runtime.vertx.message.Packet;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;

/** One direction of a call as its sender sees it: messages cut into chunks, which are sent as far as credit goes. */
final class Outbound {
    /** Sends a chunk. */
    @FunctionalInterface
    interface Chunks {
        void send(int seq, int flags, byte[] payload);
    }

    private static final long MOST_PATIENT = 8;

    private final TransportOptions options;
    private final Chunks chunks;
    private final Deque<Queued> queue = new ArrayDeque<>();
    private final Map<Integer, Sent> unacknowledged = new TreeMap<>();
    private int next;
    private int limit;
    private boolean lastQueued;

    /** A message that is not yet sent whole. */
    private static final class Queued {
        private final Buffer bytes;
        private final int flags;
        private final Promise<Void> sent = Promise.promise();
        private int at;

        Queued(Buffer bytes, int flags) {
            this.bytes = bytes;
            this.flags = flags;
        }
    }

    /** A chunk on its way. */
    private static final class Sent {
        private final int flags;
        private final byte[] payload;
        private long at;
        private long wait;

        Sent(int flags, byte[] payload, long at, long wait) {
            this.flags = flags;
            this.payload = payload;
            this.at = at;
            this.wait = wait;
        }
    }

    /**
     * Nothing to send yet.
     *
     * @param limit chunks that may be sent before the other side says how many
     */
    Outbound(TransportOptions options, Chunks chunks, int limit) {
        this.options = options;
        this.chunks = chunks;
        this.limit = limit;
    }

    /** Adds a message; the future is complete when all of it was sent for the first time. */
    Future<Void> add(Packet packet, int flags, long now) {
        lastQueued |= (flags & Frame.LAST_OF_CALL) != 0;
        Queued queued = new Queued(packet.toBuffer(), flags);
        queue.add(queued);
        pump(now);
        return queued.sent.future();
    }

    /** True if the last message was added and all was acknowledged. */
    boolean finished() {
        return lastQueued && queue.isEmpty() && unacknowledged.isEmpty();
    }

    /** True if the last message was added. */
    boolean closed() {
        return lastQueued;
    }

    private void pump(long now) {
        while (!queue.isEmpty() && next < limit && unacknowledged.size() < Long.SIZE) {
            Queued first = queue.peek();
            int to = Math.min(first.bytes.length(), first.at + options.chunkBytes());
            byte[] payload = first.bytes.getBytes(first.at, to);
            boolean whole = to == first.bytes.length();
            int flags = whole ? first.flags | Frame.LAST_OF_MESSAGE : 0;
            first.at = to;
            unacknowledged.put(next, new Sent(flags, payload, now, options.repeatMillis()));
            chunks.send(next++, flags, payload);
            if (whole) {
                queue.remove();
                first.sent.complete();
            }
        }
    }

    /** What the other side received, and how far it may be sent to. */
    void acknowledge(int ack, long received, int newLimit, long now) {
        limit = Math.max(limit, newLimit);
        Iterator<Map.Entry<Integer, Sent>> sent = unacknowledged.entrySet().iterator();
        while (sent.hasNext()) {
            Map.Entry<Integer, Sent> chunk = sent.next();
            int beyond = chunk.getKey() - ack - 1;
            if (chunk.getKey() < ack || beyond >= 0 && beyond < Long.SIZE && (received >> beyond & 1) != 0) {
                sent.remove();
            } else if (received != 0 && chunk.getKey() == ack && now - chunk.getValue().at >= options.tickMillis()) {
                repeat(chunk.getKey(), chunk.getValue(), now); // later ones arrived: it is probably lost
            }
        }
        pump(now);
    }

    /** Sends again what was not acknowledged in time. */
    void tick(long now) {
        new TreeMap<>(unacknowledged).forEach((seq, chunk) -> { // where nobody is there, sending ends the call
            if (now - chunk.at >= chunk.wait) {
                repeat(seq, chunk, now);
            }
        });
    }

    private void repeat(int seq, Sent chunk, long now) {
        chunk.at = now;
        chunk.wait = Math.min(2 * chunk.wait, MOST_PATIENT * options.repeatMillis());
        chunks.send(seq, chunk.flags, chunk.payload);
    }

    /** Nothing more is sent. */
    void abandon(RuntimeException why) {
        queue.forEach(queued -> queued.sent.tryFail(why));
        queue.clear();
        unacknowledged.clear();
        lastQueued = true;
    }
}
