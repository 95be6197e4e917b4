package dev.graft.runtime.vertx.transport;

import dev.graft.runtime.vertx.message.Failure;
import dev.graft.runtime.vertx.message.Packet;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.HashMap;
import java.util.Map;

/** One direction of a call as its receiver sees it: chunks in any order in, whole messages in their order out. */
final class Inbound {
    /** Hears of whole messages, each once. */
    @FunctionalInterface
    interface Messages {
        /** The credit of its sender is renewed when the future is complete. */
        Future<Void> message(Packet packet, boolean last, boolean failed);
    }

    private final TransportOptions options;
    private final Messages messages;
    private final Runnable creditGrew;
    private final Map<Integer, Frame> waiting = new HashMap<>();
    private Buffer partial = Buffer.buffer();
    private int next;
    private int limit;
    private int unread;
    private int sinceAck;
    private boolean ended;
    private boolean ackDue;
    private boolean ackNow;

    Inbound(TransportOptions options, Messages messages, Runnable creditGrew) {
        this.options = options;
        this.messages = messages;
        this.creditGrew = creditGrew;
        this.limit = options.window();
    }

    /** All chunks below it were received. */
    int ack() {
        return next;
    }

    /** Bit i: chunk ack + 1 + i was received. */
    long received() {
        long bits = 0;
        for (int seq : waiting.keySet()) {
            bits |= 1L << (seq - next - 1);
        }
        return bits;
    }

    int limit() {
        return limit;
    }

    /** The last message was received. */
    boolean ended() {
        return ended;
    }

    /** An acknowledgement is due within a tick, or at once. */
    boolean ackDue(boolean atOnce) {
        return atOnce ? ackNow : ackDue;
    }

    /** One was sent. */
    void acknowledged() {
        ackDue = false;
        ackNow = false;
        sinceAck = 0;
    }

    /** Takes a chunk; one that was there before, or beyond the credit, only asks for an acknowledgement. */
    void accept(Frame frame) {
        ackDue = true;
        int seq = frame.seq();
        if (seq < next || seq >= next + Long.SIZE || seq >= limit || waiting.putIfAbsent(seq, frame) != null) {
            ackNow = true;
            return;
        }
        ackNow |= seq != next || frame.has(Frame.LAST_OF_CALL) || ++sinceAck >= Math.max(1, options.window() / 4);
        ackNow |= seq == 0 && !frame.has(Frame.LAST_OF_MESSAGE);
        for (Frame ready = waiting.remove(next); ready != null && !ended; ready = waiting.remove(next)) {
            next++;
            take(ready);
        }
        grant();
    }

    private void take(Frame frame) {
        if ((long) partial.length() + frame.payload().length > options.maxMessageBytes()) {
            ended = true;
            Failure failure = new Failure(
                    Failure.Code.BAD_REQUEST,
                    "a message is longer than the " + options.maxMessageBytes() + " bytes allowed");
            messages.message(new Packet(failure.toJson()), true, true);
            return;
        }
        boolean whole = frame.has(Frame.LAST_OF_MESSAGE);
        partial =
                whole && partial.length() == 0 ? Buffer.buffer(frame.payload()) : partial.appendBytes(frame.payload());
        if (whole) {
            Buffer bytes = partial;
            partial = Buffer.buffer();
            ended = frame.has(Frame.LAST_OF_CALL);
            deliver(bytes, frame);
        }
    }

    private void deliver(Buffer bytes, Frame frame) {
        Packet packet;
        boolean failed = frame.has(Frame.FAILED);
        try {
            packet = Packet.of(bytes);
        } catch (Failure e) {
            ended = true;
            failed = true;
            packet = new Packet(e.toJson());
        }
        unread++;
        messages.message(packet, ended, failed).onComplete(read -> {
            unread--;
            int before = limit;
            grant();
            if (limit - before > 0 && !ended) {
                creditGrew.run();
            }
        });
    }

    private void grant() {
        if (unread == 0) {
            limit = Math.max(limit, next + options.window());
        }
    }
}
