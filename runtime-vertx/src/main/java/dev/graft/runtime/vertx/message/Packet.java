package dev.graft.runtime.vertx.message;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/**
 * One message: an object of JSON and, behind it, bytes that are not text, such as tensors. As bytes: the length of the
 * JSON (int), the JSON in UTF-8, the number of parts (int), and for each its length (int) and its bytes; numbers are
 * big-endian.
 *
 * @param head what is asked or answered; not to be changed
 * @param parts bytes that the head refers to by their number; not to be changed
 */
public record Packet(JsonObject head, List<Buffer> parts) {
    /** Keeps the list as it is. */
    public Packet {
        parts = List.copyOf(parts);
    }

    /** A message of JSON alone. */
    public Packet(JsonObject head) {
        this(head, List.of());
    }

    /** As bytes. */
    public Buffer toBuffer() {
        Buffer json = head.toBuffer();
        int length = 2 * Integer.BYTES + json.length();
        for (Buffer part : parts) {
            length = Math.addExact(length, Integer.BYTES + part.length());
        }
        Buffer bytes = Buffer.buffer(length)
                .appendInt(json.length())
                .appendBuffer(json)
                .appendInt(parts.size());
        for (Buffer part : parts) {
            bytes.appendInt(part.length()).appendBuffer(part);
        }
        return bytes;
    }

    /**
     * Reads {@link #toBuffer}; parts share its memory.
     *
     * @throws Failure if lengths do not fit or the head is no JSON
     */
    public static Packet of(Buffer bytes) {
        try {
            int[] at = {0};
            JsonObject head = new JsonObject(next(bytes, at));
            int count = bytes.getInt(at[0]);
            at[0] += Integer.BYTES;
            if (count < 0 || count > (bytes.length() - at[0]) / Integer.BYTES) {
                throw damaged("it declares " + count + " parts");
            }
            List<Buffer> parts = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                parts.add(next(bytes, at));
            }
            if (at[0] != bytes.length()) {
                throw damaged((bytes.length() - at[0]) + " bytes are left over");
            }
            return new Packet(head, parts);
        } catch (IndexOutOfBoundsException | DecodeException e) {
            throw damaged(e.getMessage());
        }
    }

    private static Buffer next(Buffer bytes, int[] at) {
        int length = bytes.getInt(at[0]);
        int from = at[0] + Integer.BYTES;
        if (length < 0 || length > bytes.length() - from) {
            throw damaged("it declares " + length + " bytes and has " + (bytes.length() - from));
        }
        at[0] = from + length;
        return bytes.slice(from, at[0]);
    }

    private static Failure damaged(String why) {
        return new Failure(Failure.Code.BAD_REQUEST, "the message cannot be read: " + why);
    }
}
