package dev.graft.runtime.vertx.transport;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * What is sent over the bus: one chunk of a call, or a word about it.
 *
 * @param kind what it is
 * @param call number of the call, the same in both directions
 * @param from the sender's inbox
 * @param seq number of the chunk in its direction, from 0; in frames without a chunk 0
 * @param flags {@link #LAST_OF_MESSAGE}, {@link #LAST_OF_CALL}, {@link #FAILED}, {@link #TO_CALLER}
 * @param ack all chunks of the other direction below this were received
 * @param received bit i: the chunk ack + 1 + i was received too
 * @param limit chunks of the other direction below this may be sent
 * @param deadline milliseconds that are left for the call, 0 for no limit; in OPEN only
 * @param payload the chunk; not to be changed
 * @param checksum CRC-32C of all else
 */
record Frame(
        Kind kind,
        CallId call,
        String from,
        int seq,
        int flags,
        int ack,
        long received,
        int limit,
        long deadline,
        byte[] payload,
        int checksum) {
    /** The chunk ends a message. */
    static final int LAST_OF_MESSAGE = 1;
    /** No chunk follows in this direction. */
    static final int LAST_OF_CALL = 2;
    /** The message is a failure. */
    static final int FAILED = 4;
    /** It goes from who serves the call to who made it. */
    static final int TO_CALLER = 8;

    private static final byte VERSION = 1;
    private static final int HEADER = 3 + 2 * Long.BYTES + 5 * Integer.BYTES + 2 * Long.BYTES;

    enum Kind {
        /** First chunk of a call, sent to a service's address. */
        OPEN,
        /** A further chunk. */
        DATA,
        /** What was received. */
        ACK,
        /** Asks for an ACK. */
        PING,
        /** The caller gave up. */
        CANCEL,
        /** The sender does not know the call. */
        GONE
    }

    /** With its checksum. */
    static Frame of(
            Kind kind,
            CallId call,
            String from,
            int seq,
            int flags,
            int ack,
            long received,
            int limit,
            long deadline,
            byte[] payload) {
        Frame bare = new Frame(kind, call, from, seq, flags, ack, received, limit, deadline, payload, 0);
        return bare.with(payload, bare.sum());
    }

    Frame with(byte[] otherPayload, int otherChecksum) {
        return new Frame(kind, call, from, seq, flags, ack, received, limit, deadline, otherPayload, otherChecksum);
    }

    boolean has(int flag) {
        return (flags & flag) != 0;
    }

    /** True if it is as it was sent. */
    boolean intact() {
        return checksum == sum();
    }

    private int sum() {
        CRC32C sum = new CRC32C();
        sum.update(header().getBytes());
        sum.update(payload);
        return (int) sum.getValue();
    }

    private Buffer header() {
        byte[] name = from.getBytes(StandardCharsets.UTF_8);
        return Buffer.buffer(HEADER + name.length)
                .appendByte(VERSION)
                .appendByte((byte) kind.ordinal())
                .appendByte((byte) flags)
                .appendLong(call.high())
                .appendLong(call.low())
                .appendInt(seq)
                .appendInt(ack)
                .appendInt(limit)
                .appendLong(received)
                .appendLong(deadline)
                .appendInt(payload.length)
                .appendInt(name.length)
                .appendBytes(name);
    }

    void writeTo(Buffer buffer) {
        buffer.appendBuffer(header()).appendInt(checksum).appendBytes(payload);
    }

    /** Reads a frame, or returns null where bytes are no frame of this version. */
    static Frame read(int at, Buffer in) {
        try {
            if (in.getByte(at) != VERSION) {
                return null;
            }
            int nameLength = in.getInt(at + HEADER - Integer.BYTES);
            int length = in.getInt(at + HEADER - 2 * Integer.BYTES);
            int behind = at + HEADER + nameLength;
            return new Frame(
                    Kind.values()[in.getByte(at + 1)],
                    new CallId(in.getLong(at + 3), in.getLong(at + 11)),
                    in.getString(at + HEADER, behind),
                    in.getInt(at + 19),
                    in.getByte(at + 2),
                    in.getInt(at + 23),
                    in.getLong(at + 31),
                    in.getInt(at + 27),
                    in.getLong(at + 39),
                    in.getBytes(behind + Integer.BYTES, behind + Integer.BYTES + length),
                    in.getInt(behind));
        } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
            return null;
        }
    }
}
