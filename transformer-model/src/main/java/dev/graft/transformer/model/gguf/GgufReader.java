package dev.graft.transformer.model.gguf;

import dev.graft.peft.spi.file.FileFormatException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads the header's numbers and texts one after another; what would lie behind the file's end is an error. */
final class GgufReader {
    private static final int STRING = 8;
    private static final int ARRAY = 9;
    private static final int MOST_TEXT = 16 << 20;
    private static final int MOST_NAME = 512;

    private final Path file;
    private final ByteBuffer bytes;

    GgufReader(Path file, ByteBuffer bytes) {
        this.file = file;
        this.bytes = bytes;
    }

    int position() {
        return bytes.position();
    }

    int word() throws FileFormatException {
        need(4, "a number");
        return bytes.getInt();
    }

    /** A count or a size: at least 0 and so small that as many things of some bytes fit into the rest of the file. */
    int count(String what, int bytesEach) throws FileFormatException {
        long count = number(what);
        if (count > bytes.remaining() / bytesEach) {
            throw wrong(what + " is " + Long.toUnsignedString(count) + ", but the file has only " + bytes.remaining()
                    + " more bytes; it is truncated or damaged");
        }
        return (int) count;
    }

    long number(String what) throws FileFormatException {
        need(8, what);
        long number = bytes.getLong();
        if (number < 0) {
            throw wrong(what + " is " + Long.toUnsignedString(number) + ", which cannot be");
        }
        return number;
    }

    /** A key, or the name of a tensor. */
    String name(String what) throws FileFormatException {
        return text(what, MOST_NAME);
    }

    private String text(String what, int most) throws FileFormatException {
        int length = count("the length of " + what, 1);
        if (length > most) {
            throw wrong(what + " has " + length + " bytes; allowed: at most " + most);
        }
        ByteBuffer text = bytes.slice(bytes.position(), length);
        bytes.position(bytes.position() + length);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(text).toString();
        } catch (CharacterCodingException e) {
            throw new FileFormatException(file, what + " is not UTF-8 text", e);
        }
    }

    /** A value of metadata: a number, a text, true or false, or a list of these. */
    Object value(String key) throws FileFormatException {
        int type = word();
        if (type != ARRAY) {
            return scalar(type, key);
        }
        int element = word();
        int count = count("the number of values of '" + key + "'", size(element, key));
        List<Object> values = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            values.add(scalar(element, key));
        }
        return values;
    }

    private int size(int type, String key) throws FileFormatException {
        return switch (type) {
            case 0, 1, 7 -> 1;
            case 2, 3 -> 2;
            case 4, 5, 6 -> 4;
            case STRING, 10, 11, 12 -> 8;
            default -> throw wrong("'" + key + "' has the type " + type + "; allowed: 0 to 12, and no lists in lists");
        };
    }

    private Object scalar(int type, String key) throws FileFormatException {
        int size = size(type, key);
        if (type == STRING) {
            return text("'" + key + "'", MOST_TEXT);
        }
        need(size, "'" + key + "'");
        return switch (type) {
            case 0 -> bytes.get() & 0xff;
            case 1 -> (int) bytes.get();
            case 2 -> bytes.getShort() & 0xffff;
            case 3 -> (int) bytes.getShort();
            case 4 -> small(bytes.getInt() & 0xffffffffL);
            case 5 -> bytes.getInt();
            case 6 -> (double) bytes.getFloat();
            case 7 -> bytes.get() != 0;
            case 12 -> bytes.getDouble();
            default -> small(bytes.getLong());
        };
    }

    private static Object small(long number) {
        return number == (int) number ? (Object) (int) number : (Object) number;
    }

    private void need(int size, String what) throws FileFormatException {
        if (bytes.remaining() < size) {
            throw wrong("ends within " + what + "; it is truncated");
        }
    }

    FileFormatException wrong(String problem) {
        return new FileFormatException(file, problem);
    }
}
