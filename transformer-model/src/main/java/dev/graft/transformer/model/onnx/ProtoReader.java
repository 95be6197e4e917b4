package dev.graft.transformer.model.onnx;

import dev.graft.peft.spi.file.FileFormatException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Steps through the fields of one protocol-buffer message; every length is checked against what is left. */
final class ProtoReader {
    private static final int MOST_TEXT = 4096;
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED32 = 5;

    private final Path file;
    private final ByteBuffer bytes;
    private int field;
    private int wire;
    private long value;
    private ByteBuffer content;

    ProtoReader(Path file, ByteBuffer bytes) {
        this.file = file;
        this.bytes = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Goes to the next field; false at the end. */
    boolean next() throws FileFormatException {
        if (!bytes.hasRemaining()) {
            return false;
        }
        long tag = varint();
        wire = (int) (tag & 7);
        if (tag >>> 3 == 0 || tag >>> 3 > Integer.MAX_VALUE) {
            throw wrong("holds the impossible field number " + (tag >>> 3));
        }
        field = (int) (tag >>> 3);
        switch (wire) {
            case VARINT -> value = varint();
            case FIXED64 -> skip(Long.BYTES);
            case FIXED32 -> skip(Integer.BYTES);
            case BYTES -> {
                long length = varint();
                if (length < 0 || length > bytes.remaining()) {
                    throw wrong("a field says it has " + Long.toUnsignedString(length) + " bytes, but "
                            + bytes.remaining() + " are left; it is truncated or damaged");
                }
                content = bytes.slice(bytes.position(), (int) length).order(ByteOrder.LITTLE_ENDIAN);
                bytes.position(bytes.position() + (int) length);
            }
            default -> throw wrong("a field has the unknown type " + wire);
        }
        return true;
    }

    int field() {
        return field;
    }

    boolean isBytes() {
        return wire == BYTES;
    }

    /** The field's whole number. */
    long number() throws FileFormatException {
        if (wire != VARINT) {
            throw wrong("field " + field + " is no whole number");
        }
        return value;
    }

    /** The field's bytes. */
    ByteBuffer content() throws FileFormatException {
        if (wire != BYTES) {
            throw wrong("field " + field + " is no run of bytes");
        }
        return content;
    }

    /** The field as a message. */
    ProtoReader message() throws FileFormatException {
        return new ProtoReader(file, content());
    }

    /** The field as a text. */
    String text() throws FileFormatException {
        if (content().remaining() > MOST_TEXT) {
            throw wrong("field " + field + " is a text of " + content.remaining() + " bytes; allowed: " + MOST_TEXT);
        }
        return StandardCharsets.UTF_8.decode(content.duplicate()).toString();
    }

    /** One whole number without a field around it, as packed lists have them. */
    long varint() throws FileFormatException {
        long result = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            if (!bytes.hasRemaining()) {
                throw wrong("ends inside a number; it is truncated");
            }
            byte next = bytes.get();
            result |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return result;
            }
        }
        throw wrong("holds a number of more than ten bytes");
    }

    boolean hasRemaining() {
        return bytes.hasRemaining();
    }

    private void skip(int length) throws FileFormatException {
        if (bytes.remaining() < length) {
            throw wrong("ends inside a number; it is truncated");
        }
        bytes.position(bytes.position() + length);
    }

    FileFormatException wrong(String problem) {
        return new FileFormatException(file, problem + " (no ONNX file that Graft can read)");
    }
}
