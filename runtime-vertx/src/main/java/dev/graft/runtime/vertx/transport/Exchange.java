package dev.graft.runtime.vertx.transport;

import dev.graft.runtime.vertx.message.Failure;
import dev.graft.runtime.vertx.message.Packet;
import io.vertx.core.Future;

/** One call at one of its ends, with a direction each way. It lives on the event loop of its {@link Endpoint}. */
abstract class Exchange {
    private final Endpoint endpoint;
    private final CallId id;
    private final int direction;
    private final Outbound out;
    private final Inbound in;
    private String peer;
    private long heard;
    private long asked;
    private boolean over;

    /**
     * A call.
     *
     * @param direction flag of all frames that go from this end
     */
    Exchange(Endpoint endpoint, CallId id, int direction, String peer, int firstLimit) {
        this.endpoint = endpoint;
        this.id = id;
        this.direction = direction;
        this.peer = peer;
        this.heard = endpoint.now();
        this.asked = heard;
        this.out = new Outbound(endpoint.options(), this::chunk, firstLimit);
        this.in = new Inbound(endpoint.options(), this::message, this::acknowledge);
    }

    final CallId id() {
        return id;
    }

    final Endpoint endpoint() {
        return endpoint;
    }

    final boolean over() {
        return over;
    }

    /** The other end's inbox, or null before it is known. */
    final String peer() {
        return peer;
    }

    final Inbound in() {
        return in;
    }

    final Outbound out() {
        return out;
    }

    /** When anything came from the other end last. */
    final long heard() {
        return heard;
    }

    final Future<Void> add(Packet packet, int flags) {
        return out.add(packet, flags, endpoint.now());
    }

    /** A whole message came. */
    abstract Future<Void> message(Packet packet, boolean last, boolean failed);

    /** The call is over before its time. */
    abstract void broken(Failure failure);

    /** Where the first chunk goes while the other end is not known. */
    abstract void open(Frame frame);

    /** Milliseconds that are left, as the first chunk says it; 0 for no limit. */
    abstract long deadline();

    /** True if this end has all that it waits for. */
    abstract boolean done();

    /** Looks at what depends on time. */
    abstract void tick(long now);

    /** Takes a frame of the other end. */
    final void frame(Frame frame) {
        if (peer == null) {
            peer = frame.from();
        } else if (!peer.equals(frame.from())) {
            endpoint.send(frame.from(), bare(Frame.Kind.CANCEL)); // a repeated first chunk reached somebody else too
            return;
        }
        heard = endpoint.now();
        switch (frame.kind()) {
            case CANCEL -> breakOff(new Failure(Failure.Code.CANCELLED, "the caller gave up"));
            case GONE -> gone();
            default -> taken(frame);
        }
    }

    private void gone() {
        if (in.ended() && out.closed()) {
            finish(); // the caller had everything, and its last word was lost
        } else {
            breakOff(new Failure(Failure.Code.UNREACHABLE, "the other end does not know the call any more"));
        }
    }

    private void taken(Frame frame) {
        out.acknowledge(frame.ack(), frame.received(), frame.limit(), endpoint.now());
        if (frame.kind() == Frame.Kind.OPEN || frame.kind() == Frame.Kind.DATA) {
            in.accept(frame);
        }
        if (!over && (frame.kind() == Frame.Kind.PING || in.ackDue(true))) {
            acknowledge();
        }
        settle();
    }

    /** Ends the call where both directions are done. */
    private void settle() {
        if (!over && done()) {
            finish();
        }
    }

    final void passed(long now) {
        if (now - heard > endpoint.options().patienceMillis()) {
            breakOff(new Failure(
                    Failure.Code.UNREACHABLE,
                    "nothing was heard of the other end for "
                            + endpoint.options().patienceMillis() + " ms"));
            return;
        }
        tick(now);
        out.tick(now);
        if (!over && peer != null && in.ackDue(false)) {
            acknowledge();
        }
    }

    /** Asks whether the other end is there. */
    final void askNow(long now) {
        long beat = endpoint.options().heartbeatMillis();
        if (peer != null && now - heard > beat && now - asked > beat) {
            asked = now;
            endpoint.send(peer, bare(Frame.Kind.PING));
        }
    }

    private void chunk(int seq, int flags, byte[] payload) {
        Frame.Kind kind = peer == null ? Frame.Kind.OPEN : Frame.Kind.DATA;
        Frame frame = Frame.of(
                kind,
                id,
                endpoint.inbox(),
                seq,
                flags | direction,
                in.ack(),
                in.received(),
                in.limit(),
                kind == Frame.Kind.OPEN ? deadline() : 0,
                payload);
        in.acknowledged();
        if (peer == null) {
            open(frame);
        } else {
            endpoint.send(peer, frame);
        }
    }

    private void acknowledge() {
        if (peer != null) {
            in.acknowledged();
            endpoint.send(peer, bare(Frame.Kind.ACK));
        }
    }

    final Frame bare(Frame.Kind kind) {
        return Frame.of(kind, id, endpoint.inbox(), 0, direction, in.ack(), in.received(), in.limit(), 0, new byte[0]);
    }

    /** Ends it without a word; what is sent to it later is answered with GONE. */
    final void finish() {
        over = true;
        endpoint.forget(this);
    }

    /** Ends it early. */
    final void breakOff(Failure failure) {
        if (!over) {
            finish();
            out.abandon(failure);
            broken(failure);
        }
    }
}
