package dev.graft.runtime.vertx.message;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A tensor in a message: 32-bit floats, little-endian, row by row. In the head it is {"name", "dtype": "f32", "shape",
 * "part"}, where part is the number of its bytes among the packet's.
 *
 * @param name what it is called in its message
 * @param shape sizes, none for a scalar
 * @param data four bytes an element
 */
public record TensorPart(String name, List<Long> shape, Buffer data) {
    private static final String F32 = "f32";

    /**
     * Checks that shape and bytes fit.
     *
     * @throws Failure if they do not
     */
    public TensorPart {
        shape = List.copyOf(shape);
        long count = 1;
        for (long size : shape) {
            if (size < 0 || size > 0 && count > Integer.MAX_VALUE / size) {
                throw wrong(name, "has the shape " + shape);
            }
            count *= size;
        }
        if (count * Float.BYTES != data.length()) {
            throw wrong(name, "has the shape " + shape + " and " + data.length() + " bytes");
        }
    }

    /** A tensor of these values. */
    public static TensorPart of(String name, float[] values, long... shape) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return new TensorPart(name, Arrays.stream(shape).boxed().toList(), Buffer.buffer(bytes.array()));
    }

    /** Its values, row by row. */
    public float[] values() {
        float[] values = new float[data.length() / Float.BYTES];
        ByteBuffer.wrap(data.getBytes())
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(values);
        return values;
    }

    /** Adds tensors to a head under the key {@code tensors}; the packet's parts are their bytes. */
    public static Packet packet(JsonObject head, List<TensorPart> tensors) {
        JsonArray described = new JsonArray();
        List<Buffer> parts = new ArrayList<>();
        for (TensorPart tensor : tensors) {
            described.add(new JsonObject()
                    .put("name", tensor.name)
                    .put("dtype", F32)
                    .put("shape", new JsonArray(List.copyOf(tensor.shape)))
                    .put("part", parts.size()));
            parts.add(tensor.data);
        }
        return new Packet(head.copy().put("tensors", described), parts);
    }

    /**
     * The tensors of a packet, in their order.
     *
     * @throws Failure if one is described wrongly
     */
    public static List<TensorPart> of(Packet packet) {
        List<TensorPart> tensors = new ArrayList<>();
        try {
            for (Object each : packet.head().getJsonArray("tensors", new JsonArray())) {
                JsonObject json = (JsonObject) each;
                String name = json.getString("name");
                int part = json.getInteger("part");
                if (!F32.equals(json.getString("dtype"))
                        || part < 0
                        || part >= packet.parts().size()) {
                    throw wrong(name, "is " + json.encode() + "; allowed: dtype f32, and a part that the packet has");
                }
                List<Long> shape = json.getJsonArray("shape").stream()
                        .map(size -> ((Number) size).longValue())
                        .toList();
                tensors.add(new TensorPart(name, shape, packet.parts().get(part)));
            }
        } catch (ClassCastException | NullPointerException e) {
            throw wrong("?", "is described without name, dtype, shape or part");
        }
        return tensors;
    }

    private static Failure wrong(String name, String what) {
        return new Failure(Failure.Code.BAD_REQUEST, "tensor " + name + " " + what);
    }
}
