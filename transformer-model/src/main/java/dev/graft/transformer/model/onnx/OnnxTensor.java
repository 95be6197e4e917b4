package dev.graft.transformer.model.onnx;

import dev.graft.autograd.memory.Shapes;
import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.peft.spi.file.FloatSource;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A stored tensor.
 *
 * @param name its name; empty for a constant
 * @param type ONNX's number of the element type
 * @param shape its extents
 * @param raw its elements, little-endian
 */
record OnnxTensor(String name, int type, long[] shape, ByteBuffer raw) {
    static final int FLOAT = 1;
    static final int INT64 = 7;
    private static final int MOST_DIMENSIONS = 8;

    static OnnxTensor read(ProtoReader message) throws FileFormatException {
        List<Long> dimensions = new ArrayList<>();
        String name = "";
        long type = 0;
        ByteBuffer raw = null;
        while (message.next()) {
            switch (message.field()) {
                case 1 -> dimensions(message, dimensions);
                case 2 -> type = message.number();
                case 8 -> name = message.text();
                case 9 -> raw = message.content();
                case 13, 14 -> throw message.wrong("tensor '" + name + "' lies in another file");
                default -> {} // values in other forms: they are missing then
            }
        }
        return new OnnxTensor(
                name,
                (int) type,
                dimensions.stream().mapToLong(Long::longValue).toArray(),
                raw == null ? ByteBuffer.allocate(0) : raw);
    }

    private static void dimensions(ProtoReader message, List<Long> to) throws FileFormatException {
        ProtoReader packed = message.isBytes() ? message.message() : null;
        do {
            long extent = packed == null ? message.number() : packed.varint();
            if (to.size() == MOST_DIMENSIONS || extent < 0 || extent > Integer.MAX_VALUE) {
                throw message.wrong("a tensor has the impossible extent " + extent + " or too many dimensions");
            }
            to.add(extent);
        } while (packed != null && packed.hasRemaining());
    }

    /** True if it holds floats, as many as the shape says. */
    boolean isFloats() {
        return type == FLOAT && holds(Float.BYTES);
    }

    /** The one float that it holds, or null. */
    Float oneFloat() {
        return type == FLOAT && raw.remaining() == Float.BYTES && holds(Float.BYTES) ? floats().getFloat(0) : null;
    }

    /** The one whole number that it holds, or null. */
    Long oneWhole() {
        return type == INT64 && raw.remaining() == Long.BYTES && holds(Long.BYTES) ? floats().getLong(0) : null;
    }

    private boolean holds(int bytes) {
        try {
            return Math.multiplyExact(Shapes.size(shape), bytes) == raw.remaining();
        } catch (ArithmeticException e) {
            return false;
        }
    }

    private ByteBuffer floats() {
        return raw.slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The elements in their order. */
    FloatSource values() {
        ByteBuffer floats = floats();
        return (index, into, length) -> floats.slice((int) index * Float.BYTES, length * Float.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(into, 0, length);
    }

    /** The elements of a matrix with rows and columns exchanged. */
    FloatSource transposed() {
        ByteBuffer floats = floats();
        int rows = (int) shape[0];
        int columns = (int) shape[1];
        return (index, into, length) -> {
            for (int i = 0; i < length; i++) {
                int at = (int) index + i;
                into[i] = floats.getFloat((at % rows * columns + at / rows) * Float.BYTES);
            }
        };
    }
}
